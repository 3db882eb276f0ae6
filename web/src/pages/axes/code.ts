const DEFAULT_MODEL = "smollm2"

/** The commands and the Python that make, measure and look at an axis as its page does. */
export function codeOf(name: string, model: string, isOwn: boolean): { terminal: string; python: string } {
  const isDefault = model === DEFAULT_MODEL
  const chosen = isDefault ? "" : ` --model '${model.replaceAll("'", "'\\''")}'`
  const given = [...(isDefault ? [] : [JSON.stringify(model)]), ...(isOwn ? ['home=".pilotage"'] : [])]
  return {
    terminal: [`pilotage axes build ${name}${chosen}`, `pilotage axes evaluate ${name}${chosen}`, `pilotage axes export ${name}${chosen} --as html`].join("\n"),
    python: [
      "import pilotage.language", "",
      `lm = pilotage.language.load(${given.join(", ")})`,
      `lm.build("${name}")               # vectors, calibrated`,
      `report = lm.evaluate("${name}")   # effect, floor, damage, samples`,
      `print(lm.side_by_side("Tell me about your weekend.", "${name}"))`,
    ].join("\n"),
  }
}
