import type { Place } from "./place"

/** How the same is asked elsewhere. */
export function codeOf(run: string, epoch: number, picture: number, { layer, channel = 0 }: Place): { terminal: string; python: string } {
  const forward = { ask: "forward", epoch, i: picture }
  const inspect = layer ? [{ ask: "inspect", epoch, i: picture, layer_id: layer, c: channel }] : []
  const questions = [forward, ...inspect]
  return {
    terminal: questions.map((one) => `curl -s localhost:8360/api/latents/runs/${run}/network -H 'Content-Type: application/json' -d '${JSON.stringify(one)}'`).join("\n"),
    python: [
      "import asyncio", "from pilotage.app.network_questions import NetworkQuestion", "from pilotage.app.settings import Settings", "from pilotage.app.wiring import local_lab", "",
      "lab = local_lab(Settings())",
      ...questions.map((one) => `print(asyncio.run(lab.ask_network("${run}", NetworkQuestion(${Object.entries(one).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ")}))).files)`),
    ].join("\n"),
  }
}
