import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useEffect, useRef, useState } from "react"
import { language, type Conversation, type Saying } from "../../client/language"
import { isWriting, wasHeard, withEvent } from "./thread"

const CONVERSATIONS = ["language", "conversations"]
const LOOK_AGAIN_MS = 1000
/** Where one speaks before there is a conversation. */
export const NEW = "new"
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

/** What is being said in a conversation, or could not be. */
interface Sent {
  saying: Saying
  /** Called once it is stored, with the conversation that it is in. */
  onHeard: (at: string) => void
  error: unknown
}

interface Beginning {
  begin: () => Promise<Conversation>
  /** What was typed and not heard yet goes along from where there was no conversation. */
  onBegun: (id: string) => void
}

/** Say something, and write the answer into its conversation as it comes; each conversation goes on by itself. */
export function useTalk(id: string | undefined, { begin, onBegun }: Beginning) {
  const cache = useQueryClient()
  const [sent, setSent] = useState<Record<string, Sent>>({})
  const running = useRef(new Set<string>())
  const reading = useReaders()
  const here = id ?? NEW
  const put = (at: string, one: Sent | null) => {
    setSent(({ [at]: before, ...rest }) => (void before, one === null ? rest : { ...rest, [at]: one }))
  }
  const run = async (from: string, { saying, onHeard }: Pick<Sent, "saying" | "onHeard">, isAgain: boolean) => {
    if (running.current.has(from)) return
    let at = from
    const move = (to: string) => {
      running.current.delete(at)
      put(at, null)
      at = to
      running.current.add(at)
      put(at, { saying, onHeard, error: null })
    }
    move(from)
    try {
      if (from === NEW) {
        const made = await begin()
        move(made.id)
        onBegun(made.id)
      }
      await cache.cancelQueries({ queryKey: conversationKey(at) })
      const now = isAgain ? await language.conversation(at) : undefined
      if (now && wasHeard(now.messages, saying)) onHeard(at)
      else await follow(at, saying, onHeard)
      put(at, null)
    } catch (error) {
      put(at, { saying, onHeard, error })
    } finally {
      running.current.delete(at)
      void cache.invalidateQueries({ queryKey: conversationKey(at) })
      void cache.invalidateQueries({ queryKey: CONVERSATIONS })
    }
  }
  /** Once it is heard it is written on without us, and looked up until it ends. */
  const follow = async (at: string, saying: Saying, onHeard: Sent["onHeard"]) => {
    const reader = reading.begin()
    try {
      for await (const event of language.say(at, saying, reader.signal)) {
        if (event.messages) {
          reader.isHeard = true
          onHeard(at)
          if (reading.hasLeft()) return
        }
        cache.setQueryData<Conversation>(conversationKey(at), (old) => old && withEvent(old, event))
      }
    } catch (error) {
      if (!reader.isHeard) throw error
    } finally {
      reading.end(reader)
    }
  }
  const stop = useMutation({
    mutationFn: ({ conversation, message }: { conversation: string; message: string }) => language.stop(conversation, message),
    onSuccess: (after) => { cache.setQueryData(conversationKey(after.id), after) },
  })
  const remove = useMutation({
    mutationFn: (conversationId: string) => language.remove(conversationId),
    onSuccess: () => cache.invalidateQueries({ queryKey: CONVERSATIONS }),
  })
  const mine = sent[here]
  return {
    say: (saying: Saying, onHeard: Sent["onHeard"]) => { void run(here, { saying, onHeard }, false) },
    /** Send once more what did not come through here, unless it did after all. */
    retry: () => { if (mine) void run(here, mine, here !== NEW) },
    /** What did not come through is not sent again by itself, since something else is being written. */
    dismiss: () => { if (mine && mine.error !== null) put(here, null) },
    error: mine?.error ?? null,
    isSaying: mine !== undefined && mine.error === null,
    stop: (message: string) => { if (id !== undefined) stop.mutate({ conversation: id, message }) },
    stopError: stop.variables?.conversation === id ? stop.error : null,
    remove,
  }
}

interface Reader {
  signal: AbortSignal
  abort: () => void
  isHeard: boolean
}

/** Who reads answers; when the page is left they end, but none before what it said was heard. */
function useReaders() {
  const all = useRef(new Set<Reader>())
  const left = useRef(false)
  useEffect(() => {
    const readers = all.current
    left.current = false
    return () => {
      left.current = true
      for (const reader of readers) if (reader.isHeard) reader.abort()
    }
  }, [])
  return {
    begin: (): Reader => {
      const ending = new AbortController()
      const reader = { signal: ending.signal, abort: () => { ending.abort() }, isHeard: false }
      all.current.add(reader)
      return reader
    },
    end: (reader: Reader) => { all.current.delete(reader) },
    hasLeft: () => left.current,
  }
}

/** What a page does in a conversation. */
export type Talk = ReturnType<typeof useTalk>
