import { useEffect, useState } from "react"
import type { Problem as ProblemData } from "../client/types"
import { CopyButton } from "./CopyButton"
import { Warning } from "./icons"

const KIND_WORDS: Record<ProblemData["kind"], string> = {
  input: "yours to change",
  passing: "passes by itself",
  device: "this computer or its model",
  bug: "a bug of ours",
}

interface ProblemProps {
  problem: ProblemData
  onRetry?: () => void
  retryLabel?: string
}

/** What happened, what is safe, what to do, and one button that does it. */
export function Problem({ problem, onRetry, retryLabel = "Try again" }: ProblemProps) {
  return (
    <div className="problem" role="alert" data-kind={problem.kind} data-code={problem.code}>
      <Warning />
      <strong>{problem.title}</strong>
      <p className="soft">
        {problem.detail} {problem.hint}
      </p>
      <div className="row wrap">
        {onRetry && problem.kind === "passing" && <Countdown key={problem.request_id} seconds={problem.retry_after ?? 3} onEnd={onRetry} />}
        {onRetry && <button type="button" className="button" onClick={onRetry}>{retryLabel}</button>}
        {problem.kind === "bug" && <CopyReport problem={problem} />}
        {problem.code !== "cancelled" && <span className="muted" title={problem.code}>{KIND_WORDS[problem.kind]}</span>}
      </div>
    </div>
  )
}

function Countdown({ seconds, onEnd }: { seconds: number; onEnd: () => void }) {
  const [left, setLeft] = useState(Math.max(1, Math.round(seconds)))
  useEffect(() => {
    const timer = setTimeout(() => {
      if (left > 1) setLeft(left - 1)
      else onEnd()
    }, 1000)
    return () => { clearTimeout(timer) }
  }, [left, onEnd])
  return <span className="soft">Again in {left} s</span>
}

function CopyReport({ problem }: { problem: ProblemData }) {
  const report = `${problem.code}: ${problem.detail}\nrequest ${problem.request_id}\npage ${window.location.pathname}`
  return <CopyButton text={report}>Copy report</CopyButton>
}
