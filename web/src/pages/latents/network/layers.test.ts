import { expect, test } from "vitest"
import type { Layer } from "./answers"
import { cropped, nameOfLayer, sheetOf, stagesOf } from "./layers"
import { placeOf } from "./place"

const layer = (layer_id: string) => ({ layer_id, shape: [4] }) as Layer

test("layers have names that a person reads, and unknown ones their own", () => {
  expect(["enc.conv2", "enc.fc1", "enc.mu", "dec.deconv1", "label", "enc.odd_one"].map(nameOfLayer))
    .toEqual(["Convolution 2", "Dense 1", "Mean μ", "Deconvolution 1", "Label", "odd_one"])
})

test("layers are walked along from encoder through latents to decoder, none twice", () => {
  const stages = stagesOf(["enc.conv1", "enc.fc1", "enc.mu", "enc.logvar", "dec.fc1"].map(layer))
  expect(stages.map(({ name, layers }) => [name, layers.map(({ layer_id }) => layer_id)])).toEqual([
    ["Encoder", ["enc.conv1", "enc.fc1"]], ["Latent", ["enc.mu", "enc.logvar"]], ["Decoder", ["dec.fc1"]],
  ])
})

test("a tile is cut from its place on the sheet, gaps counted once between neighbours", () => {
  const sheet = sheetOf([8, 14, 14]) // 3 columns, 3 rows
  expect([sheet.columns, sheet.rows]).toEqual([3, 3])
  expect(cropped({ ...sheet, width: 11, height: 11 }, 5)).toEqual({ aspectRatio: "11 / 11", backgroundSize: `${String(3500 / 11)}% ${String(3500 / 11)}%`, backgroundPosition: "100% 50%" })
  expect(cropped(sheetOf([1, 28, 28]), 0).backgroundPosition).toBe("0% 0%")
})

test("an address that says nonsense says nothing", () => {
  expect(placeOf({ picture: 3, epoch: -1, layer: "enc.conv1", channel: 1.5, x: "2", y: 0 })).toEqual({ picture: 3, layer: "enc.conv1", y: 0 })
})
