import { useState } from "react"
import { CopyButton } from "./CopyButton"
import { Dialog } from "./Dialog"
import { Code } from "./icons"
import { Segmented } from "./Segmented"

const LANGUAGES = [{ value: "terminal", label: "Terminal" }, { value: "python", label: "Python" }] as const
type Language = (typeof LANGUAGES)[number]["value"]

interface CopyCodeProps<L extends string> {
  code: Record<L, string>
  /** In which languages, the first one shown first. */
  languages?: readonly { value: L; label: string }[]
  /** What holds of it. */
  note?: string
}

/** The command and the Python that do what this page does. */
export function CopyCode<L extends string = Language>({
  code, languages = LANGUAGES as never, note = "The same seed and settings give the same proposals, bit for bit.",
}: CopyCodeProps<L>) {
  const [isOpen, setOpen] = useState(false)
  const [language, setLanguage] = useState<L | undefined>(languages[0]?.value)
  if (language === undefined) return null
  return (
    <>
      <button type="button" className="button quiet" aria-label="Copy as code" onClick={() => { setOpen(true) }}>
        <Code /> <span>Copy as code</span>
      </button>
      <Dialog title="The same in code" isOpen={isOpen} onClose={() => { setOpen(false) }}>
        <div className="column">
          <Segmented label="Language" value={language} options={languages} onChange={setLanguage} />
          <CodeBlock text={code[language]} />
          <p className="small muted">{note}</p>
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
