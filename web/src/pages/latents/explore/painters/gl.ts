/** A program of two shaders; what is wrong with them is thrown. */
export function programOf(gl: WebGLRenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram()
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(type)
    if (!shader) throw new Error("no shader")
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) ?? "no shader")
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? "no program")
  return program
}

/** Numbers of each point, kept on the card. */
export function attribute(gl: WebGLRenderingContext, program: WebGLProgram, name: string, each: number) {
  const [buffer, at] = [gl.createBuffer(), gl.getAttribLocation(program, name)]
  return {
    fill: (values: Float32Array) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
      gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW)
    },
    use: () => {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
      gl.enableVertexAttribArray(at)
      gl.vertexAttribPointer(at, each, gl.FLOAT, false, 0, 0)
    },
  }
}

const CORNERS = "attribute vec2 corner; varying vec2 at; void main() { at = (corner + 1.0) / 2.0; gl_Position = vec4(corner, 0.0, 1.0); }"
const COPY = "precision mediump float; uniform sampler2D kept; uniform float cover; varying vec2 at; void main() { gl_FragColor = texture2D(kept, at) * cover; }"

/** A picture as large as the canvas that is drawn now and then, and shown often. */
export function screen(gl: WebGLRenderingContext) {
  const program = programOf(gl, CORNERS, COPY)
  const [cover, corners] = [gl.getUniformLocation(program, "cover"), attribute(gl, program, "corner", 2)]
  const [texture, frame] = [gl.createTexture(), gl.createFramebuffer()]
  corners.fill(new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]))
  let [width, height] = [0, 0]
  const sized = (w: number, h: number) => {
    ;[width, height] = [w, h]
    gl.bindTexture(gl.TEXTURE_2D, texture)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, w, h, 0, gl.RGBA, gl.UNSIGNED_BYTE, null)
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST)
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE)
    gl.bindFramebuffer(gl.FRAMEBUFFER, frame)
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0)
  }
  return {
    draw: (w: number, h: number, paint: () => void) => {
      if (w !== width || h !== height) sized(w, h)
      gl.bindFramebuffer(gl.FRAMEBUFFER, frame)
      gl.viewport(0, 0, w, h)
      gl.clear(gl.COLOR_BUFFER_BIT)
      paint()
    },
    /** On the canvas, in place of all that was there, with so much cover. */
    show: (opaque: number) => {
      gl.bindFramebuffer(gl.FRAMEBUFFER, null)
      gl.viewport(0, 0, width, height)
      gl.useProgram(program)
      gl.bindTexture(gl.TEXTURE_2D, texture)
      corners.use()
      gl.uniform1f(cover, opaque)
      gl.disable(gl.BLEND)
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
      gl.enable(gl.BLEND)
    },
  }
}
