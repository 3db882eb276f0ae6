import { api, once, value, type ProfileView } from "./language"

/** Tell a profile what was answered in a session, and set the doses that it found. */
export async function takeDoses(session_id: string, profile_id: string): Promise<ProfileView> {
  return value(await api.POST("/api/sessions/{session_id}/doses", { params: { path: { session_id } }, body: { profile_id, doses: "believed" }, ...once() }))
}
