import { Link } from "@tanstack/react-router"
import { brief, knobInWords } from "../shared/words"

export interface HealthFile {
  p: number[]
  neff: number
  mean_entropy: number
  information: number
  components: number
  argmax_counts: number[]
  data: { component: number[]; latent_information: number; light: Light }
}
interface Light {
  status: "healthy" | "collapsed" | "waiting"
  kinds: string[]
  said: string
  change: { field: string; value: unknown; proposed: string | number | boolean; why: string } | null
  until: number | null
}

const LIGHTS = { healthy: "Healthy", collapsed: "Collapsed", waiting: "Too early to tell" } as const
const KIND_WORDS: Record<string, string> = { kl_zero: "KL at zero", drawn_alike: "drawn alike", few_components: "few components", soft_responsibilities: "soft responsibilities" }

/** How the mixture is: three numbers that must be read together, a light that names the collapse, and the knob against it. */
export function Health({ run, health, isPretrained }: { run: string; health: HealthFile; isPretrained: boolean }) {
  const { light, latent_information: told } = health.data
  const most = Math.log(health.components)
  return (
    <div className="health" data-status={light.status}>
      <p className="light" role="status"><i /><strong>{LIGHTS[light.status]}</strong>{light.kinds.map((kind) => <span key={kind} className="badge bad">{KIND_WORDS[kind] ?? kind}</span>)}</p>
      <p className="soft small">{isPretrained ? "The network learns to draw first; the mixture is fitted to what it finds." : saidInWords(light)}</p>
      <dl>
        <Gauge name="Components in use" means="neff: as many as share the pictures evenly would have the same spread" value={health.neff} most={health.components} text={`${brief(health.neff)} of ${String(health.components)}`} />
        <Gauge name="Indecision" means="mean entropy of q(c|x): 0 is sure of one component" value={health.mean_entropy} most={most} text={`${health.mean_entropy.toFixed(2)} of ${most.toFixed(2)} nats`} />
        <Gauge name="I(x;c)" means="what the component tells of the picture" value={health.information} most={most} text={`${health.information.toFixed(2)} of ${most.toFixed(2)} nats`} />
        <div><dt title="what z tells of the picture, whichever component it belongs to">z tells</dt><dd>{told.toFixed(1)} nats</dd></div>
      </dl>
      {light.change && <Proposal run={run} change={light.change} />}
    </div>
  )
}

function saidInWords({ status, said, until }: Light): string {
  if (status === "waiting") return "The components still find their places in the first epochs of a mixture."
  if (status === "healthy") return "Components are used, pictures know theirs, and z tells one picture from another."
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}.${until === null ? "" : ` A schedule that runs until epoch ${String(until)} may yet undo it.`}`
}

function Gauge({ name, means, value, most, text }: { name: string; means: string; value: number; most: number; text: string }) {
  return (
    <div>
      <dt title={means}>{name}</dt>
      <dd><span className="gauge" aria-hidden="true"><i style={{ width: `${String(most > 0 ? Math.min(100, (100 * value) / most) : 0)}%` }} /></span>{text}</dd>
    </div>
  )
}

function Proposal({ run, change: { field, value, proposed, why } }: { run: string; change: NonNullable<Light["change"]> }) {
  return (
    <div className="proposal">
      <p><strong>Try one knob:</strong> <code>{field}</code> {knobInWords(value)} → <b>{knobInWords(proposed)}</b></p>
      <p className="soft small">{why}</p>
      <Link to="/latents" search={{ clone: run, knob: field, value: proposed }} className="button">Set up this clone</Link>
    </div>
  )
}
