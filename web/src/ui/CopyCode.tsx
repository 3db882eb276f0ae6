import { useState } from "react"
import { CopyButton } from "./CopyButton"
import { Dialog } from "./Dialog"
import { Code } from "./icons"
import { Segmented } from "./Segmented"

const LANGUAGES = [{ value: "terminal", label: "Terminal" }, { value: "python", label: "Python" }] as const
type Language = (typeof LANGUAGES)[number]["value"]

/** The command and the Python that do what this page does. */
export function CopyCode({ code }: { code: Record<Language, string> }) {
  const [isOpen, setOpen] = useState(false)
  const [language, setLanguage] = useState<Language>("terminal")
  return (
    <>
      <button type="button" className="button quiet" aria-label="Copy as code" onClick={() => { setOpen(true) }}>
        <Code /> <span>Copy as code</span>
      </button>
      <Dialog title="The same in code" isOpen={isOpen} onClose={() => { setOpen(false) }}>
        <div className="column">
          <Segmented label="Language" value={language} options={LANGUAGES} onChange={setLanguage} />
          <CodeBlock text={code[language]} />
          <p className="small muted">The same seed and settings give the same proposals, bit for bit.</p>
        </div>
      </Dialog>
    </>
  )
}

export function CodeBlock({ text }: { text: string }) {
  return (
    <div className="code">
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text}>Copy</CopyButton>
    </div>
  )
}
