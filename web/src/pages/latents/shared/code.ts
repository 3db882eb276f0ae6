import type { Knob } from "../../../client/latents"

interface Launch {
  data: string
  preset: string
  training: Record<string, Knob>
  recording?: Record<string, Knob>
  clone?: string
}

/** The command and the Python that launch the same training. */
export function codeOf({ data, preset, training, recording = {}, clone }: Launch): { terminal: string; python: string } {
  const knobs = [...options("--set", training), ...(clone ? [] : options("--record", recording))]
  const begin = clone ? ["pilotage latents train", `--clone ${clone}`] : ["pilotage latents train", data, ...(preset === "default" ? [] : [`--preset ${preset}`])]
  const call = clone ? `lab.clone_run(${JSON.stringify(clone)}, ${python(training)})` : `lab.launch_run(${[JSON.stringify(data), JSON.stringify(preset), python(training), ...(Object.keys(recording).length > 0 ? [`recording=${python(recording)}`] : [])].join(", ")})`
  return {
    terminal: [...begin, ...knobs].join(" "),
    python: ["from pilotage.app.settings import Settings", "from pilotage.app.wiring import local_lab", "", "lab = local_lab(Settings())", `run = ${call}`, "lab.wait(run.job_id)", "print(lab.show_latent_run(run.id).metrics)"].join("\n"),
  }
}

function options(name: string, knobs: Record<string, Knob>): string[] {
  return Object.entries(knobs).map(([knob, value]) => `${name} ${knob}=${String(value)}`)
}

function python(knobs: Record<string, Knob>): string {
  return `{${Object.entries(knobs).map(([name, value]) => `${JSON.stringify(name)}: ${typeof value === "boolean" ? (value ? "True" : "False") : JSON.stringify(value)}`).join(", ")}}`
}
