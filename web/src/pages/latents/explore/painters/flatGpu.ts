import { rgbOf } from "../palette"
import { flat, type Brush } from "./flat"
import { largerBy, sizeOf, type Listeners, type Painter, type Scene } from "./painter"

// Libraries that draw points compile code at run time, which the page's security policy refuses.
const VERTEX = `
attribute vec2 place; attribute float group, isMarked;
uniform vec4 lens; uniform float groups, pass; uniform mediump float size;
varying float shade;
void main() {
  gl_Position = isMarked == pass ? vec4(place * lens.zw + lens.xy, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = size;
  shade = (group + 0.5) / groups;
}`
const FRAGMENT = `
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

/** A flat map drawn by the graphics card. */
export function flatGpu(canvas: HTMLCanvasElement, listeners: Listeners): Painter {
  return flat(canvas, gpu(canvas), listeners)
}

function gpu(canvas: HTMLCanvasElement): Brush {
  const gl = canvas.getContext("webgl", { alpha: true, antialias: false, depth: false })
  if (!gl) throw new Error("no WebGL")
  const program = programOf(gl)
  const uniform = (name: string) => gl.getUniformLocation(program, name)
  const [lens, size, groups, pass, cover] = ["lens", "size", "groups", "pass", "cover"].map(uniform)
  const [places, classes, marks] = [attribute(gl, program, "place", 2), attribute(gl, program, "group", 1), attribute(gl, program, "isMarked", 1)]
  const elements = gl.createBuffer()
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture())
  for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, gl.NEAREST], [gl.TEXTURE_MAG_FILTER, gl.NEAREST], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]] as const)
    gl.texParameteri(gl.TEXTURE_2D, name, value)
  gl.enable(gl.BLEND)
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
  const has32 = gl.getExtension("OES_element_index_uint") !== null
  let [count, total, marked, isAll] = [0, 0, 0, true]
  return {
    most: has32 ? MOST : 65_536,
    load: ({ classes: of, palette, points }: Scene, rows) => {
      ;[total, count, isAll] = [points.length / 2, rows?.length ?? points.length / 2, rows === null]
      classes.fill(Float32Array.from(of))
      if (rows) {
        gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, elements)
        gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, has32 ? Uint32Array.from(rows) : Uint16Array.from(rows), gl.STATIC_DRAW)
      }
      gl.uniform1f(groups ?? null, palette.length)
      const texels = Uint8Array.from(palette.flatMap((hex) => [...rgbOf(hex), 255]))
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, palette.length, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels)
    },
    mark: (rows) => {
      const isMarked = new Float32Array(total)
      for (const row of rows) isMarked[row] = 1
      marked = rows.length
      marks.fill(isMarked)
    },
    place: places.fill,
    paint: ({ scale, x, y }) => {
      const dense = window.devicePixelRatio
      const [w, h, points] = [canvas.width, canvas.height, sizeOf(total) * dense]
      gl.viewport(0, 0, w, h)
      gl.clear(gl.COLOR_BUFFER_BIT)
      gl.uniform4f(lens ?? null, (2 * dense * x) / w, (2 * dense * y) / h, (2 * dense * scale) / w, (2 * dense * scale) / h)
      const draw = (which: 0 | 1, large: number, opaque: number) => {
        gl.uniform1f(pass ?? null, which)
        gl.uniform1f(size ?? null, large + ROOM)
        gl.uniform1f(cover ?? null, opaque)
        if (isAll) gl.drawArrays(gl.POINTS, 0, count)
        else gl.drawElements(gl.POINTS, count, has32 ? gl.UNSIGNED_INT : gl.UNSIGNED_SHORT, 0)
      }
      draw(0, points, marked > 0 ? 0.22 : 0.9)
      if (marked > 0) draw(1, points + largerBy(marked) * dense, 1)
    },
    destroy: () => { gl.getExtension("WEBGL_lose_context")?.loseContext() },
  }
}

function programOf(gl: WebGLRenderingContext): WebGLProgram {
  const program = gl.createProgram()
  for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
    const shader = gl.createShader(type)
    if (!shader) throw new Error("no shader")
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) ?? "no shader")
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? "no program")
  gl.useProgram(program)
  return program
}

/** Numbers of each point, on the card. */
function attribute(gl: WebGLRenderingContext, program: WebGLProgram, name: string, each: number): { fill: (values: Float32Array) => void } {
  const [buffer, at] = [gl.createBuffer(), gl.getAttribLocation(program, name)]
  return {
    fill: (values) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
      gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW)
      gl.enableVertexAttribArray(at)
      gl.vertexAttribPointer(at, each, gl.FLOAT, false, 0, 0)
    },
  }
}
