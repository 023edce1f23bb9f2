// Read a zip archive whose files are not compressed: as tools/live_files.py packs them.
const END = 0x06054b50;

export function unzip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  let end = bytes.length - 22;
  while (view.getUint32(end, true) !== END) end -= 1;
  const files = new Map();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    const size = view.getUint32(at + 20, true);
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const head = view.getUint32(at + 42, true);
    const start = head + 30 + view.getUint16(head + 26, true) + view.getUint16(head + 28, true);
    files.set(decoder.decode(bytes.subarray(at + 46, at + 46 + name)), bytes.subarray(start, start + size));
    at += 46 + name + extra + comment;
  }
  return files;
}
