import { BeliefSlice } from "../../charts/BeliefSlice"
import { LearningCurve } from "../../charts/LearningCurve"
import { TriedMap } from "../../charts/TriedMap"
import { Candidate } from "../../elicitation/Candidate"
import { Choices, favouriteChoice, verdictChoices, worstChoices, yesNoChoices } from "../../elicitation/Choices"
import { Stars } from "../../elicitation/Stars"
import { Figure } from "../../ui/Figure"
import { Thumb } from "../../ui/Thumb"
import { BELIEFS, ROUNDS, scene, TILES } from "./samples"
import { Specimen, State } from "./Specimen"

const nothing = () => undefined

/** Pictures and how they are judged. */
export function Pictures() {
  return (
    <>
      <Specimen name="Candidate" when="A picture that can be chosen, from the first rough preview to the finished render. The digit chooses it.">
        {TILES.map(({ tile, words }, index) => (
          <State key={words} of={words}>
            <Candidate
              tile={tile} number={index + 1} isPressed={words === "chosen"} isDisabled={false} instead={null} onChoose={nothing} onPoint={nothing} onView={nothing}
              live={tile.state === "drawing" ? { phase: "generating", done: 7, total: 10 } : undefined}
              mark={words === "chosen" ? <span className="rank">1</span> : undefined}
              foot={words === "chosen" ? <><span className="badge win">closest</span><span className="gave"><span>I gave it </span>41 %</span></> : <span className="badge">bolder</span>}
            />
          </State>
        ))}
      </Specimen>
      <Specimen name="Stars and Choices" when="Under a candidate, where every picture is judged for itself.">
        <State of="three of five"><Stars label="Sample picture" value={3} isDisabled={false} onRate={nothing} /></State>
        <State of="yes, and the favourite"><Choices label="Sample picture" choices={[...yesNoChoices(true, nothing), favouriteChoice("Favourite", true, nothing)]} /></State>
        <State of="not judged yet"><Choices label="Sample picture" choices={[...yesNoChoices(undefined, nothing), favouriteChoice("Favourite", false, nothing)]} /></State>
        <State of="worse than the best so far"><Choices label="Sample picture" choices={verdictChoices("worse", nothing)} /></State>
        <State of="dropped"><Choices label="Sample picture" choices={worstChoices(true, false, nothing, nothing)} /></State>
      </Specimen>
      <Specimen name="Thumb" when="A stored picture on its mat. Its place is kept while there is none, so nothing jumps when it lands.">
        <State of="a picture"><div className="thumb-sample"><Thumb artifact="disc:140:50:26" alt="Sample: a green disc" /></div></State>
        <State of="none yet"><div className="thumb-sample"><Thumb artifact={null} alt="" /></div></State>
      </Specimen>
    </>
  )
}

/** Figures: each says in one line what it shows. */
export function Charts() {
  const axes = [BELIEFS.known.axis, BELIEFS.unknown.axis]
  return (
    <>
      <Specimen name="Figure" when="Around every plot: a title, its reading in one line, the plot, and its data to take away.">
        <State of="with data" wide>
          <Figure title="Time to a picture" reading="Half of these samples took less than 0.8 s." data={{ name: "sample", columns: ["picture", "seconds"], rows: [[1, 0.7], [2, 0.8], [3, 1.1]] }}>
            <svg viewBox="0 0 120 30" role="img" aria-label="Three bars: 0.7, 0.8 and 1.1 seconds" className="bars">
              {[0.7, 0.8, 1.1].map((seconds, i) => <rect key={seconds} y={2 + i * 9} width={seconds * 100} height="6" rx="1" />)}
            </svg>
          </Figure>
        </State>
      </Specimen>
      <Specimen name="BeliefSlice" when="What is believed along one axis: how often a place there would be preferred, with its 50 and 90 % bands.">
        <State of="known" wide><BeliefSlice belief={BELIEFS.known} /></State>
        <State of="not known yet" wide><BeliefSlice belief={BELIEFS.unknown} /></State>
      </Specimen>
      <Specimen name="TriedMap" when="All pictures of a session on the plane of two axes; the chosen ringed, the best in the accent.">
        <State of="after two rounds" wide><TriedMap rounds={ROUNDS} radius={1} axes={axes} widest={[0, 1]} incumbentId="f" artifactUrl={scene} /></State>
        <State of="nothing tried" wide><TriedMap rounds={[]} radius={1} axes={axes} widest={[0, 1]} incumbentId={null} /></State>
      </Specimen>
      <Specimen name="LearningCurve" when="Two arms on the same number of renders, one that learns and one that doesn’t.">
        <State of="at its end" wide>
          <LearningCurve
            title="Sample curve" reading="You are nearer: 0.30 from the target, the dice 0.62." renders={[4, 7, 10, 13]} until={13} unit="distance"
            level={{ value: 0.85, name: "the middle" }} arms={[{ name: "you", values: [0.78, 0.6, 0.44, 0.3] }, { name: "the dice", values: [0.95, 0.7, 0.7, 0.62] }]}
          />
        </State>
        <State of="begun" wide>
          <LearningCurve
            title="Sample curve" reading="One choice so far." renders={[4]} until={13} unit="distance" level={{ value: 0.85, name: "the middle" }}
            arms={[{ name: "you", values: [0.78] }, { name: "the dice", values: [null] }]}
          />
        </State>
      </Specimen>
    </>
  )
}
