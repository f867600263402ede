import { describe, expect, test } from "vitest";
import { decode, isDecoded } from "../../grammar/decode.ts";
import { maxBytes } from "../../grammar/limits.ts";
import { clean, messages, parsed } from "./examples.ts";

const codes = (text: string): readonly string[] => parsed(text).diagnostics.map((each) => each.code);
const nested = (depth: number): string => `segment A where ${"(".repeat(depth)}x${")".repeat(depth)}`;

describe("nesting", () => {
  test("is fine up to 64 and an error behind it, for parentheses", () => {
    expect(codes(nested(64))).toEqual([]);
    expect(codes(nested(65))).toEqual(["E200"]);
  });

  test("is counted over blocks and parentheses together", () => {
    const blocks = (depth: number) => `program p < ${"if x then < ".repeat(depth)}stop${" >".repeat(depth)} >`;
    expect(codes(blocks(63))).toEqual([]);
    expect(codes(blocks(64))).toEqual(["E200"]);
  });

  test("too deep keeps the name of its declaration and the other declarations", () => {
    const { file } = parsed(`segment Before where x\n${nested(70)}\nsegment Behind where x`);
    expect(file.declarations.map((node) => ["name" in node ? node.name.text : "", node.recovered])).toEqual([
      ["Before", false],
      ["A", true],
      ["Behind", false],
    ]);
  });
});

describe("size", () => {
  test("of one mebibyte is read, one byte more is not", () => {
    const fits = `# ${"x".repeat(maxBytes - 2)}`;
    expect(codes(fits)).toEqual([]);
    expect(codes(`${fits}x`)).toEqual(["E116"]);
    expect(codes(`# ${"ö".repeat(maxBytes / 2)}`)).toEqual(["E116"]);
  });

  test.each([
    ["opening parentheses", "segment a where ", "("],
    ["opening brackets", "", "<"],
    ["closing brackets", "", ">"],
    ["first words of declarations", "", "segment "],
    ["broken declarations in lines", "", "segment a where\n"],
    ["broken declarations in one line", "", "segment a where "],
    ["blocks that never end", "program p < ", "if x then < "],
    ["odd characters", "", "@"],
    ["zero bytes", "", "\0"],
    ["quotes", "", '"'],
    ["doc comments", "", "## a\n"],
    ["steps", "program p < ", "send a "],
    ["typographic quotes", "", "“"],
  ])("full of %s ends, with few messages", (_, start, unit) => {
    const text = start + unit.repeat(Math.floor(400_000 / unit.length));
    expect(messages(text).length).toBeLessThanOrEqual(51);
  });

  test("more than fifty mistakes are not listed", () => {
    const all = codes("segment a where\n".repeat(80));
    expect(all.length).toBe(51);
    expect(all.at(-1)).toBe("E119");
  });
});

describe("bytes", () => {
  const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
    Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));
  const said = (input: Uint8Array): string => {
    const result = decode("a.cdz", input);
    return isDecoded(result) ? `text ${result.text}` : `${result.code} ${result.text}`;
  };

  test("of UTF-8 are text, with or without a byte order mark", () => {
    expect(said(bytes("# größe 日本 🎉"))).toBe("text # größe 日本 🎉");
    expect(said(bytes([0xef, 0xbb, 0xbf], "use a"))).toBe("text use a");
    expect(said(bytes(""))).toBe("text ");
  });

  test("of other encodings are named for what they look like", () => {
    expect(said(Buffer.from("use a", "utf16le"))).toBe("E115 This file is not UTF-8 text: it looks like UTF-16.");
    expect(said(bytes([0xff, 0xfe], "u"))).toBe("E115 This file is not UTF-8 text: it is saved as UTF-16.");
    expect(said(bytes("a\nb", [0], "c".repeat(50)))).toBe(
      "E115 This file is not UTF-8 text: it has a zero byte in line 2, as binary files do.",
    );
    expect(said(bytes("ok ö\n", "x", [0xe9], "t"))).toBe(
      "E115 This file is not UTF-8 text: line 2 has the byte E9, which is not UTF-8 (it looks like Latin-1 or Windows-1252).",
    );
    expect(said(bytes("cut ", [0xc3]))).toMatch(/^E115 .*line 1 has the byte C3/);
  });

  test("too many are not decoded", () => {
    expect(said(new Uint8Array(maxBytes + 1))).toMatch(/^E116/);
  });
});

test("a byte order mark and Windows line ends in a text do no harm", () => {
  expect(clean("\uFEFFuse a\r\nsegment A where x # c\r\n").length).toBe(2);
  expect(parsed("use a # c\r\nuse b").file.comments.map((each) => each.text)).toEqual(["# c"]);
});
