import { useMutation } from "@tanstack/react-query"
import { useLab } from "../client/context"
import { problemOf } from "../client/problem"
import { Download } from "../ui/icons"
import { fileName, save } from "../ui/save"

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
    onSuccess: (text) => { save(`${fileName(name, "session")}.yaml`, text, "application/yaml") },
  })
  return (
    <>
      <button type="button" className="button" disabled={disabled || write.isPending} onClick={() => { write.mutate() }}><Download /> {children}</button>
      {write.error && <span className="field-error" role="alert">{problemOf(write.error).detail}</span>}
    </>
  )
}
