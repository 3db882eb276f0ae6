import { cropped, type Sheet } from "./layers"

/** One piece of a sheet of pictures, pixel by pixel; as wide as there is room unless told. */
export function Crop({ url, sheet, index, size }: { url: string; sheet: Sheet; index: number; size?: number }) {
  return <span className="nw-crop" style={{ ...cropped(sheet, index), width: size, backgroundImage: `url("${url}")` }} />
}
