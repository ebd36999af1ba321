// Files on their way to the sandbox.

/** A file as acts take it. */
export async function packed(file) {
  const data = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  const step = 0x8000;
  for (let at = 0; at < data.length; at += step) binary += String.fromCharCode(...data.subarray(at, at + step));
  return { filename: file.name, size: file.size, base64: btoa(binary) };
}
