/** A name as that of a file, without its ending; `otherwise` where nothing of it is left. */
export function fileName(name: string, otherwise: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60).replace(/^-|-$/g, "") || otherwise
}

/** Gives the browser a text to keep as a file. */
export function save(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = Object.assign(document.createElement("a"), { href: url, download: name })
  link.click()
  setTimeout(() => { URL.revokeObjectURL(url) }, 10_000) // the browser may still be reading it
}
