import { axes as api, type AxisDetail } from "../../client/axes"
import { Download } from "../../ui/icons"

/** Files of an axis: what was measured, as a page and as data; its vectors. */
export function TakeAway({ axis: { name, pack, report }, model }: { axis: AxisDetail; model: string }) {
  if (pack === null) return null
  return (
    <>
      {report && <a className="button" download={`${name}-report.html`} href={api.url(name, "report.html", model)}><Download /> Report</a>}
      {report && <a className="button" download={`${name}-report.json`} href={api.url(name, "report", model)}><Download /> JSON</a>}
      <a className="button" download={`${name}.safetensors`} title="A vector pack for this model" href={api.url(name, "vectors", model)}><Download /> Vectors</a>
      {pack.usable && <a className="button" download={`${name}.gguf`} title="A control vector for llama.cpp: at scale 1 it does what dose 1 does here" href={api.url(name, "vectors", model, "gguf")}><Download /> GGUF</a>}
    </>
  )
}
