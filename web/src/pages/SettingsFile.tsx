import { useMutation } from "@tanstack/react-query"
import { useLab } from "../client/context"
import { problemOf } from "../client/problem"
import { Download } from "../ui/icons"

interface SettingsFileProps {
  /** The settings themselves, or the session that has them. */
  source: object | string
  name: string
  disabled?: boolean
  children?: string
}

/** Takes settings away as a YAML file in which every one of them is explained. */
export function SettingsFile({ source, name, disabled = false, children = "Settings as YAML" }: SettingsFileProps) {
  const lab = useLab()
  const write = useMutation({
    mutationFn: async () => lab.configFile(typeof source === "string" ? (await lab.session(source)).config : source),
    onSuccess: (text) => { save(`${fileName(name)}.yaml`, text) },
  })
  return (
    <>
      <button type="button" className="button" disabled={disabled || write.isPending} onClick={() => { write.mutate() }}><Download /> {children}</button>
      {write.error && <span className="field-error" role="alert">{problemOf(write.error).detail}</span>}
    </>
  )
}

function fileName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "session"
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/yaml" }))
  const link = Object.assign(document.createElement("a"), { href: url, download: name })
  link.click()
  setTimeout(() => { URL.revokeObjectURL(url) }, 10_000) // the browser may still be reading it
}
