import type { ReactNode } from "react"

function Icon({ children, size = 18 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.6"
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true"
    >
      {children}
    </svg>
  )
}

export const Logo = () => (
  <Icon size={22}>
    <circle cx="10" cy="10" r="8" />
    <path d="M13.5 6.5 11 11l-4.5 2.5L9 9z" fill="currentColor" />
  </Icon>
)
export const Moon = () => <Icon><path d="M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7z" /></Icon>
export const Sun = () => (
  <Icon>
    <circle cx="10" cy="10" r="3.4" />
    <path d="M10 2v1.6M10 16.4V18M2 10h1.6M16.4 10H18M4.4 4.4l1.1 1.1M14.5 14.5l1.1 1.1M4.4 15.6l1.1-1.1M14.5 5.5l1.1-1.1" />
  </Icon>
)
export const Warning = () => <Icon><path d="M10 3 2.5 16.5h15zM10 8.5v3.6M10 14.4v.1" /></Icon>
export const Star = ({ full }: { full: boolean }) => (
  <svg width="20" height="20" viewBox="0 0 20 20" fill={full ? "currentColor" : "none"} stroke="currentColor" strokeWidth="1.4" strokeLinejoin="round" aria-hidden="true">
    <path d="m10 2.8 2.2 4.7 5.1.6-3.8 3.5 1 5-4.5-2.5-4.5 2.5 1-5-3.8-3.5 5.1-.6z" />
  </svg>
)
export const Heart = ({ full }: { full: boolean }) => (
  <svg width="17" height="17" viewBox="0 0 20 20" fill={full ? "currentColor" : "none"} stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" aria-hidden="true">
    <path d="M10 16.5S3 12.4 3 7.6A3.7 3.7 0 0 1 10 6a3.7 3.7 0 0 1 7 1.6c0 4.8-7 8.9-7 8.9z" />
  </svg>
)
export const Tick = ({ size = 18 }: { size?: number }) => <Icon size={size}><path d="m4 10.5 4 4 8-9" /></Icon>
export const Cross = ({ size = 18 }: { size?: number }) => <Icon size={size}><path d="m5 5 10 10M15 5 5 15" /></Icon>
export const Better = () => <Icon size={16}><path d="M10 16V4M5 9l5-5 5 5" /></Icon>
export const Worse = () => <Icon size={16}><path d="M10 4v12M5 11l5 5 5-5" /></Icon>
export const Same = () => <Icon size={16}><path d="M4 7.5h12M4 12.5h12" /></Icon>
export const Label = () => <Icon size={16}><path d="M3 3h7l7 7-7 7-7-7zM6.5 6.5v.1" /></Icon>
export const Picture = ({ size = 32 }: { size?: number }) => (
  <Icon size={size}>
    <rect x="2.5" y="3.5" width="15" height="13" rx="2" />
    <path d="m3 14 4-4 3 3 3-3 4 4M12.5 7.5v.1" />
  </Icon>
)
export const Arrow = () => <Icon><path d="M4 10h12M11 5l5 5-5 5" /></Icon>
export const Play = () => <Icon><path d="M6 4v12l10-6z" fill="currentColor" /></Icon>
export const Pause = () => <Icon><path d="M7 4v12M13 4v12" /></Icon>
export const Code = () => <Icon><path d="m7 6-4 4 4 4M13 6l4 4-4 4" /></Icon>
export const Zoom = () => <Icon size={16}><path d="M8 3H3v5M12 3h5v5M8 17H3v-5M12 17h5v-5" /></Icon>
export const Origin = () => <Icon size={12}><circle cx="10" cy="10" r="7" /><path d="M10 10v.1" /></Icon>
export const Return = () => <Icon size={12}><path d="M4 16V9a4 4 0 0 1 4-4h8M12 1l4 4-4 4" /></Icon>
export const Pin = () => <Icon size={12}><path d="M7 2h6l-1 7 3 3H5l3-3zM10 12v6" /></Icon>
export const Flag = () => <Icon size={12}><path d="M5 18V3h10l-2 4 2 4H5" /></Icon>
export const Branch = () => <Icon size={12}><path d="M6 2v16M6 12c6 0 8-2 8-7M11 7l3-3 3 3" /></Icon>
export const Download = () => <Icon size={16}><path d="M10 3v9M6 9l4 4 4-4M3.5 16.5h13" /></Icon>
export const Menu = () => <Icon><path d="M3 6h14M3 10h14M3 14h14" /></Icon>
