// The part of juice that touches no network and no file; its types come with the whole of it.

declare module "juice/client.js" {
  import juice = require("juice");
  export default juice;
}
