/** Where random numbers come from: a browser has `randomUUID` only on this computer's address or over https. */
type Random = Pick<Crypto, "getRandomValues"> & Partial<Pick<Crypto, "randomUUID">>

/** A new name that nothing else has, such as the key under which an act is done once. */
export function newKey(random: Random = globalThis.crypto): string {
  return random.randomUUID?.() ?? uuidOf(random.getRandomValues(new Uint8Array(16)))
}

/** Source: RFC 9562, section 5.4 (version 4). */
function uuidOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte, i) => (i === 6 ? (byte & 0x0f) | 0x40 : i === 8 ? (byte & 0x3f) | 0x80 : byte).toString(16).padStart(2, "0")).join("")
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}
