/** A labelmap on the wire: gzip of its bytes, in the order of the stack. */

async function through(
  data: Uint8Array<ArrayBuffer>,
  by: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([data]).stream().pipeThrough(by);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export const pack = (data: Uint8Array<ArrayBuffer>) => through(data, new CompressionStream('gzip'));

export const unpack = (data: Uint8Array<ArrayBuffer>) =>
  through(data, new DecompressionStream('gzip'));
