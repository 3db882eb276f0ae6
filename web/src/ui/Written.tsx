import { useQuery } from "@tanstack/react-query"
import { useLab } from "../client/context"

/** A stored text, read once. */
export function Written({ artifact }: { artifact: string }) {
  const lab = useLab()
  const { data, isError } = useQuery({ queryKey: ["text", artifact], queryFn: () => lab.text(artifact), staleTime: Infinity })
  return <span className="written" aria-busy={data === undefined && !isError}>{data ?? (isError ? "This text can’t be read just now." : "…")}</span>
}
