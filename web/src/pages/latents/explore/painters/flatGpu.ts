import { rgbOf } from "../palette"
import { flat, type Brush, type Lens } from "./flat"
import { attribute, programOf, screen } from "./gl"
import { largerBy, sizeOf, type Listeners, type Painter, type Scene } from "./painter"

// Libraries that draw points compile code at run time, which the page's security policy refuses.
const POINT = `
attribute vec2 place; attribute float group;
uniform vec4 lens; uniform float groups; uniform mediump float size;
varying float shade;
void main() {
  gl_Position = vec4(place * lens.zw + lens.xy, 0.0, 1.0);
  gl_PointSize = size;
  shade = (group + 0.5) / groups;
}`
const DISC = `
precision mediump float;
uniform sampler2D palette; uniform float cover; uniform mediump float size;
varying float shade;
void main() {
  float edge = (0.5 - length(gl_PointCoord - 0.5)) * size;
  float alpha = cover * clamp(edge, 0.0, 1.0);
  gl_FragColor = vec4(texture2D(palette, vec2(shade, 0.5)).rgb * alpha, alpha);
}`
const MOST = 2_000_000
const ROOM = 2 // pixels: where the edge of a point fades out
const STEPS_BACK = 0.25 // of what stands out nothing is covered

/** A flat map drawn by the graphics card. */
export function flatGpu(canvas: HTMLCanvasElement, listeners: Listeners): Painter {
  return flat(canvas, gpu(canvas), listeners)
}

/** All points are drawn once, and kept as a picture: points that stand out are drawn over it, paler. */
function gpu(canvas: HTMLCanvasElement): Brush {
  const gl = canvas.getContext("webgl", { alpha: true, antialias: false, depth: false })
  if (!gl) throw new Error("no WebGL")
  const program = programOf(gl, POINT, DISC)
  const uniform = (name: string) => gl.getUniformLocation(program, name)
  const [lens, size, groups, cover] = [uniform("lens"), uniform("size"), uniform("groups"), uniform("cover")]
  const [places, classes] = [attribute(gl, program, "place", 2), attribute(gl, program, "group", 1)]
  const [shown, marked] = [{ buffer: gl.createBuffer(), count: 0 }, { buffer: gl.createBuffer(), count: 0 }]
  const kept = screen(gl)
  const palette = gl.createTexture()
  gl.enable(gl.BLEND)
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
  const has32 = gl.getExtension("OES_element_index_uint") !== null
  let [total, isAll, seen] = [0, true, ""]

  const list = (into: typeof shown, rows: readonly number[]) => {
    into.count = rows.length
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, into.buffer)
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, has32 ? Uint32Array.from(rows) : Uint16Array.from(rows), gl.DYNAMIC_DRAW)
  }
  const draw = (from: typeof shown | null, large: number, opaque: number, { scale, x, y }: Lens) => {
    const [dense, w, h] = [window.devicePixelRatio, canvas.width, canvas.height]
    gl.useProgram(program)
    gl.bindTexture(gl.TEXTURE_2D, palette)
    places.use()
    classes.use()
    gl.uniform4f(lens, (2 * dense * x) / w, (2 * dense * y) / h, (2 * dense * scale) / w, (2 * dense * scale) / h)
    gl.uniform1f(size, large * dense + ROOM)
    gl.uniform1f(cover, opaque)
    if (!from) { gl.drawArrays(gl.POINTS, 0, total); return }
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, from.buffer)
    gl.drawElements(gl.POINTS, from.count, has32 ? gl.UNSIGNED_INT : gl.UNSIGNED_SHORT, 0)
  }
  return {
    most: has32 ? MOST : 65_536,
    load: ({ classes: of, palette: colours, points }: Scene, rows) => {
      ;[total, isAll, seen] = [points.length / 2, rows === null, ""]
      classes.fill(Float32Array.from(of))
      if (rows) list(shown, rows)
      gl.useProgram(program)
      gl.uniform1f(groups, colours.length)
      gl.bindTexture(gl.TEXTURE_2D, palette)
      const texels = Uint8Array.from(colours.flatMap((hex) => [...rgbOf(hex), 255]))
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, colours.length, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels)
      for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST)
      for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE)
    },
    mark: (rows) => { list(marked, rows) },
    place: (at) => { places.fill(at); seen = "" },
    paint: (to) => {
      const now = [to.scale, to.x, to.y, canvas.width, canvas.height].join(" ")
      if (now !== seen) kept.draw(canvas.width, canvas.height, () => { draw(isAll ? null : shown, sizeOf(total), 0.9, to) })
      seen = now
      kept.show(marked.count > 0 ? STEPS_BACK : 1)
      if (marked.count > 0) draw(marked, sizeOf(total) + largerBy(marked.count), 1, to)
    },
    destroy: () => { gl.getExtension("WEBGL_lose_context")?.loseContext() },
  }
}
