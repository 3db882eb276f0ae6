import type { Strategies } from "../client/types"

export type StrategyKind = Strategies["samplers"][number]

/** The kinds of a strategy as options; those that are there to be compared with come last, in a group. */
export default function KindOptions({ kinds }: { kinds: readonly StrategyKind[] }) {
  const baselines = kinds.filter(isBaseline)
  return (
    <>
      {kinds.filter((kind) => !isBaseline(kind)).map(({ kind }) => <option key={kind}>{kind}</option>)}
      {baselines.length > 0 && (
        <optgroup label="Baselines to compare with">
          {baselines.map(({ kind }) => <option key={kind}>{kind}</option>)}
        </optgroup>
      )}
    </>
  )
}

function isBaseline({ config_schema }: StrategyKind): boolean {
  return config_schema.tier === "baseline"
}
