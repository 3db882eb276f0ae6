import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { language, type Conversation, type Saying } from "../../client/language"
import { isWriting, wasHeard, withEvent } from "./thread"

const CONVERSATIONS = ["language", "conversations"]
const LOOK_AGAIN_MS = 1000
export const conversationKey = (id: string) => ["language", "conversation", id]

/** Axes as the model has them; vectors that were just made show when the window is looked at again. */
export function useAxes(model: string) {
  return useQuery({ queryKey: ["language", "axes", model], queryFn: () => language.axes(model), staleTime: 30_000 })
}

export function useLanguageModels() {
  return useQuery({ queryKey: ["language", "models"], queryFn: () => language.models(), staleTime: 60_000 })
}

export function useSuggestions(model: string) {
  return useQuery({ queryKey: ["language", "suggestions", model], queryFn: () => language.suggestions(model), staleTime: Infinity })
}

export function useConversations() {
  return useQuery({ queryKey: CONVERSATIONS, queryFn: () => language.conversations() })
}

/** A conversation; an answer that another page or an earlier visit began is followed until it ends. */
export function useConversation(id: string | undefined, isStreaming: boolean) {
  return useQuery({
    queryKey: conversationKey(id ?? ""),
    queryFn: () => language.conversation(id ?? ""),
    enabled: id !== undefined && !isStreaming,
    refetchOnWindowFocus: !isStreaming,
    refetchInterval: ({ state }) => (!isStreaming && isWriting(state.data) ? LOOK_AGAIN_MS : false),
  })
}

/** Say something, and write the answer into the conversation as it comes. */
export function useTalk(id: string | undefined, begin: () => Promise<Conversation>) {
  const cache = useQueryClient()
  const [streaming, setStreaming] = useState<string | null>(null)
  const say = useMutation({
    mutationFn: async (said: Saying) => {
      const into = id ?? (await begin()).id
      const key = conversationKey(into)
      setStreaming(into)
      let isHeard = false
      try {
        await cache.cancelQueries({ queryKey: key })
        for await (const event of language.say(into, said)) {
          isHeard ||= event.messages !== undefined
          cache.setQueryData<Conversation>(key, (old) => old && withEvent(old, event))
        }
      } catch (error) {
        if (!isHeard) throw error // else it is written on without us, and looked up until it ends
      } finally {
        setStreaming(null)
        void cache.invalidateQueries({ queryKey: key })
        void cache.invalidateQueries({ queryKey: CONVERSATIONS })
      }
    },
  })
  const stop = useMutation({
    mutationFn: (messageId: string) => language.stop(id ?? "", messageId),
    onSuccess: (after) => { cache.setQueryData(conversationKey(after.id), after) },
  })
  const remove = useMutation({
    mutationFn: (conversationId: string) => language.remove(conversationId),
    onSuccess: () => cache.invalidateQueries({ queryKey: CONVERSATIONS }),
  })
  /** Send once more what did not come through, unless it did after all. */
  const retry = async () => {
    const said = say.variables
    if (said === undefined) return
    const now = id === undefined ? undefined : await language.conversation(id).catch(() => null)
    if (now === null) return
    if (now && wasHeard(now.messages, said)) {
      cache.setQueryData(conversationKey(now.id), now)
      say.reset()
    } else say.mutate(said)
  }
  return { say, retry, stop, remove, streaming }
}

/** What a page does in a conversation. */
export type Talk = ReturnType<typeof useTalk>
