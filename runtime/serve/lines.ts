// Lines out of a stream of bytes, whatever parts they come in.

/** Ends with null where a line is longer than may be. A last line that nobody ended is none. */
export async function* linesOf(stream: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<string | null> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, end));
      bytes += end - from;
      if (bytes > mostBytes) return yield null;
      yield Buffer.concat(parts).toString("utf8");
      parts = [];
      bytes = 0;
      from = end + 1;
    }
    parts.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes > mostBytes) return yield null;
  }
}
