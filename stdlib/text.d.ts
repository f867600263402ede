// A pack imported as the text that it is: the bundler and the test runner hand it over so.

declare module "*.cdz" {
  const text: string;
  export default text;
}
