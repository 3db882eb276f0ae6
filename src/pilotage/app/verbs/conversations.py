"""What can be done with conversations: begun, said to, cancelled, deleted."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from functools import cached_property

from pydantic import ValidationError

from pilotage.app.conversations import ConversationText, ConversationView, MessageView, Saying
from pilotage.app.desk import Desk, interrupted, sweep
from pilotage.app.talk import Talk, Turn, Wanted
from pilotage.app.turns import answers_to, messages_of, newest, path_to, said_by
from pilotage.app.verbs.base import Json
from pilotage.app.verbs.calls import CallVerbs, Frames
from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError
from pilotage.core.ids import new_id
from pilotage.core.strategies import invalid_input
from pilotage.models.language import LanguageInfo
from pilotage.store import ConversationRow, Cursor, MessageRow, ProfileRow, Reader, following

_NAME = 60


class ConversationVerbs(CallVerbs):
    """What can be done with conversations."""

    @cached_property
    def desk(self) -> Desk:
        """Where answers are being written."""
        return Desk(self.store, self.ports.clock)

    def list_language_models(self) -> Sequence[LanguageInfo]:
        """The language models that can be talked to from outside: ours, and those in the models folder."""
        return self.catalog.language_infos()

    def create_conversation(self, text: ConversationText) -> ConversationView:
        """Begin one, with nothing said yet.

        Raises:
            NotFoundError: there is no such model or profile.
        """
        self.listed_language(text.model)
        now = self.ports.clock()
        row = ConversationRow(
            id=new_id("cnv"), created_at=now, updated_at=now, name=text.name, model=text.model, system=text.system,
            profile_id=text.profile,
        )  # fmt: skip
        with self.store.transaction() as tx:
            _require_profile(tx, text.profile)
            tx.put(row)
        return ConversationView.of(row)

    def list_conversations(
        self, *, after: Cursor | None = None, limit: int = 50
    ) -> tuple[list[ConversationView], Cursor | None]:
        """Newest first, and the cursor of the next page."""
        rows = self.store.list(ConversationRow, after=after, limit=limit, newest_first=True)
        return [ConversationView.of(row) for row in rows], following(rows, limit)

    def get_conversation(self, conversation_id: str) -> ConversationView:
        """One with all its messages, as they are now."""
        with self.store.snapshot() as reader:
            row = reader.get(ConversationRow, conversation_id)
            return ConversationView.of(row, reader.list(MessageRow, where={"conversation_id": conversation_id}))

    def change_conversation(self, conversation_id: str, text: ConversationText) -> ConversationView:
        """Change what is given; what was said stays as it is.

        Raises:
            NotFoundError: there is no such conversation, model or profile.
        """
        given = text.model_dump(exclude_unset=True)
        if "model" in given:
            self.listed_language(text.model)
        if "profile" in given:
            given["profile_id"] = given.pop("profile")
        with self.store.transaction() as tx:
            row = tx.get(ConversationRow, conversation_id)
            _require_profile(tx, given.get("profile_id"))
            tx.put(row.model_copy(update={**given, "updated_at": self.ports.clock()}))
        return self.get_conversation(conversation_id)

    async def say(self, conversation_id: str, said: Saying) -> tuple[list[MessageView], Frames]:
        """Say something: the messages that this made, and how the answers grow (see `pilotage.app.desk.Desk.write`).

        Nothing is stored before the model has taken it all.

        Raises:
            NotFoundError: no such conversation, message, model, axis or profile.
            UnsupportedInputError: it is longer than what the model reads.
            InvalidInputError: it is longer than what any model reads; field `messages`.
        """
        conversation, path = await asyncio.to_thread(self._before, conversation_id, said)
        try:
            turn = Turn(messages=messages_of(conversation.system, path, said.content))
        except ValidationError as cause:
            raise invalid_input(cause) from cause
        wanted = said.wanted(conversation.profile_id, secrets.randbelow(2**31))
        asked = Talk(model=conversation.model, turns=(turn,), answers=wanted, sampling=said.sampling)
        began, frames = await self.talk(asked)
        after = path[-1].id if path else None
        storing = asyncio.create_task(asyncio.to_thread(self._store_turn, conversation_id, after, said, wanted, began))
        try:
            rows = await asyncio.shield(storing)
        except BaseException:
            await asyncio.shield(self._abandon(storing, frames))
            raise
        return [MessageView.of(row) for row in rows], self.desk.write(_answers(rows), frames)

    async def delete_message(self, conversation_id: str, message_id: str) -> ConversationView:
        """Cancel an answer that is being written, which keeps its text; else remove a message and all that follows it.

        Raises:
            NotFoundError: it is not there.
            ConflictError: an answer that follows it is being written.
        """
        if not await self.desk.cancel([message_id]):
            await asyncio.to_thread(self._remove, conversation_id, message_id)
        return await asyncio.to_thread(self.get_conversation, conversation_id)

    async def delete_conversation(self, conversation_id: str) -> None:
        """Remove a conversation with all its messages; answers that are being written are cancelled."""
        view = await asyncio.to_thread(self.get_conversation, conversation_id)
        await self.desk.cancel([message.id for message in view.messages])

        def remove() -> None:
            with self.store.transaction() as tx:
                tx.remove(MessageRow, {"conversation_id": conversation_id})
                tx.remove(ConversationRow, {"id": conversation_id})

        await asyncio.to_thread(remove)

    def sweep_messages(self) -> int:
        """End, as interrupted, the answers of processes that are gone; how many."""
        return sweep(self.store, self.ports.clock)

    async def _abandon(self, storing: asyncio.Task[list[MessageRow]], frames: Frames) -> None:
        """Nobody waits for the answers any more: end as cancelled those that a thread has stored meanwhile."""
        try:
            rows = _answers(await storing)
        except Exception:  # nothing is stored, which whoever waited was told
            await frames.aclose()
            return
        self.desk.write(rows, frames)
        await asyncio.sleep(0)  # the desk begins before it ends
        await self.desk.cancel([row.id for row in rows])

    def _before(self, conversation_id: str, said: Saying) -> tuple[ConversationRow, list[MessageRow]]:
        """The conversation, and what was said in it before."""
        with self.store.snapshot() as reader:
            conversation = reader.get(ConversationRow, conversation_id)
            messages = reader.list(MessageRow, where={"conversation_id": conversation_id})
        after = newest(messages) if said.after is None else said.after
        path = path_to(messages, after) if after else []
        if any(row.state == "writing" for row in path):
            raise ConflictError("that answer is still being written", hint="Cancel it, or wait for its end.")
        if said.content is None and path[-1].role != "user":
            raise InvalidInputError("only what you said can be answered once more", field="after")
        return conversation, path

    def _store_turn(
        self, conversation_id: str, after: str | None, said: Saying, wanted: Sequence[Wanted], began: Json
    ) -> list[MessageRow]:
        now = self.ports.clock()
        with self.store.transaction() as tx:
            conversation = tx.get(ConversationRow, conversation_id)
            known = tx.list(MessageRow, where={"conversation_id": conversation_id})
            if after is not None:
                path_to(known, after)  # it may have been removed while the model was waited for
            said_row = said_by(conversation_id, known, said.content, after=after, now=now)
            asked = said_row.id if said_row else str(after)
            shared = said.sampling.model_dump(mode="json")
            answers = [
                {"doses": doses, "sampling": {**shared, "seed": one.seed}, "model_fingerprint": began["fingerprint"]}
                for one, doses in zip(wanted, began["doses"], strict=True)
            ]
            first = [said_row] if said_row else []
            rows = [*first, *answers_to(conversation_id, [*known, *first], asked, answers, now=now)]
            name = conversation.name or (said.content or "").strip().partition("\n")[0][:_NAME]
            tx.put(conversation.model_copy(update={"name": name, "updated_at": now}))
            tx.insert_many(rows)
        return rows

    def _remove(self, conversation_id: str, message_id: str) -> None:
        with self.store.transaction() as tx:
            messages = tx.list(MessageRow, where={"conversation_id": conversation_id})
            named = path_to(messages, message_id, field="message_id")[-1]
            if named.state == "writing":  # elsewhere, if at all: whether its process is gone can't always be told
                tx.put(interrupted(named, self.ports.clock))
                return
            gone = {message_id}
            for row in messages:  # in the order of their index: who follows comes after
                if row.parent_id in gone:
                    gone.add(row.id)
            if any(row.id in gone and row.state == "writing" for row in messages):
                raise ConflictError("an answer to it is still being written", hint="Cancel that first.")
            tx.remove(MessageRow, {"id": tuple(gone)})


def _answers(rows: Sequence[MessageRow]) -> list[MessageRow]:
    return [row for row in rows if row.role == "assistant"]


def _require_profile(reader: Reader, profile_id: str | None) -> None:
    if profile_id is not None and reader.find(ProfileRow, profile_id) is None:
        raise NotFoundError(f"no profile {profile_id!r}", field="profile")
