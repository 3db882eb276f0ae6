"""What can be done with profiles of language: begun, told something, asked what they believe, taken elsewhere."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from pilotage.app.profile_views import LanguageProfileView, ProfileSummary, QuestionView
from pilotage.app.verbs.language import LanguageVerbs
from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, PilotageError
from pilotage.core.ids import new_id
from pilotage.labs.language.profiles import Belief, Profile, next_doses, next_question, parse_event, wishes_in
from pilotage.labs.language.profiles.profile import MOST_AXES
from pilotage.labs.language.profiles.signals import Erased
from pilotage.store import ConversationRow, Cursor, ProfileEventRow, ProfileRow, Reader, Transaction, following

MAX_EVENTS = 5000
_KEPT = 64  # beliefs


class ProfileVerbs(LanguageVerbs):
    """What can be done with profiles. Their events are only ever added to; each revision can be had again."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._beliefs: dict[tuple[Any, ...], Belief] = {}
        self._believing = threading.Lock()

    def create_profile(
        self, name: str = "", *, axes: Sequence[str] = (), owner: str = "", max_active: int = 5
    ) -> LanguageProfileView:
        """Begin one, with nothing said yet.

        Args:
            name: as the person calls it.
            axes: that may be steered; all that there are, as many as a profile takes, if none is given.
            owner: the person.
            max_active: how many axes may be steered at once.

        Raises:
            InvalidInputError: an axis that there is not, or a field out of range.
        """
        there = self.shelf.names()
        strange = [axis[:60] for axis in axes if axis not in there]
        if strange:
            hint = f"There are: {', '.join(there)}."
            raise InvalidInputError(f"no axis {strange[0]!r}", field="axes", hint=hint)
        told = {"name": name, "axes": list(axes or there[:MOST_AXES]), "owner": owner, "max_active": max_active}
        return self._keep_new(Profile.parse({"id": new_id("prf"), **told}))

    def import_profile(self, data: Mapping[str, Any] | str | bytes) -> LanguageProfileView:
        """An exported profile as a new one, with all its events.

        Raises:
            InvalidInputError: it is none, with the field at fault.
        """
        return self._keep_new(Profile.parse(data).model_copy(update={"id": new_id("prf")}))

    def prefer(self, owner: str, name: str, preferences: Mapping[str, float], *, max_active: int = 16) -> None:
        """Set doses of an owner's profile by its name; it is begun if there is none, and takes up axes made since.

        Raises:
            InvalidInputError: an axis that there is not, or more of them than may be active; field `preferences`.
        """
        there = self.shelf.names()
        with self.store.transaction() as tx:
            row = _named(tx, owner, name)
            if row is None:
                first = [axis for axis in preferences if axis in there]
                axes = tuple(dict.fromkeys([*first, *there]))[:MOST_AXES]
                told = {"id": new_id("prf"), "owner": owner, "name": name, "axes": axes, "max_active": max_active}
                row = self._row(Profile.parse(told))
                tx.put(row)
            said = [{"kind": "doses_set", "doses": dict(preferences)}] if preferences else ()
            try:
                self._record(tx, row.id, said, there)
            except InvalidInputError as error:
                error.field = "preferences"
                raise

    def preferred(self, owner: str, name: str) -> str:
        """The id of an owner's profile by its name.

        Raises:
            NotFoundError: there is none.
        """
        row = _named(self.store, owner, name)
        if row is None:
            raise NotFoundError(f"no profile {name!r} of {owner!r}", field="name")
        return row.id

    def list_profiles(
        self, *, owner: str | None = None, after: Cursor | None = None, limit: int = 50
    ) -> tuple[list[ProfileSummary], Cursor | None]:
        """Newest first, and the cursor of the next page."""
        where = {} if owner is None else {"owner": owner}
        rows = self.store.list(ProfileRow, where=where, after=after, limit=limit, newest_first=True)
        return [ProfileSummary.of(row) for row in rows], following(rows, limit)

    def get_profile(self, profile_id: str, revision: int | None = None) -> LanguageProfileView:
        """What is believed, and why; of an earlier revision if one is named.

        Raises:
            NotFoundError: no such profile.
            InvalidInputError: no such revision.
        """
        profile = self.profile(profile_id)
        newest = profile.revision
        return self._view(profile if revision is None else profile.at(revision), newest)

    def profile(self, profile_id: str) -> Profile:
        """The profile itself, at its newest revision.

        Raises:
            NotFoundError: no such profile.
        """
        with self.store.snapshot() as reader:
            return _read(reader, profile_id)

    def rename_profile(self, profile_id: str, name: str) -> LanguageProfileView:
        """Call it otherwise.

        Raises:
            NotFoundError: no such profile.
        """
        with self.store.transaction() as tx:
            tx.put(tx.get(ProfileRow, profile_id).model_copy(update={"name": name, "updated_at": self.ports.clock()}))
        return self.get_profile(profile_id)

    def record(
        self, profile_id: str, events: Sequence[Mapping[str, Any]], *, revision: int | None = None
    ) -> LanguageProfileView:
        """Add what a person said or did: all of these events, or none.

        Axes that there are by now and that the profile does not know are taken up, as far as it has room.
        When consent is withdrawn, what signals said is erased from the store too; their places stay.

        Args:
            profile_id: whose.
            events: as `pilotage.labs.language.profiles.events` has them, each with its `kind`.
            revision: that they were meant for; None takes whichever there is.

        Raises:
            NotFoundError: no such profile.
            InvalidInputError: not an event, or one that does not fit those before it; field `events.0.…`.
            ConflictError: it has another revision by now, or is full; a signal without consent.
        """
        there = self.shelf.names()
        with self.store.transaction() as tx:
            profile = self._record(tx, profile_id, events, there, revision)
        return self._view(profile, profile.revision)

    def remark(self, profile_id: str, text: str, doses: Mapping[str, float]) -> LanguageProfileView:
        """Take a remark on an answer in, such as "too stiff"; what it wishes of no axis changes nothing.

        Raises:
            NotFoundError, InvalidInputError, ConflictError: as `record`.
        """
        wishes = wishes_in(text, axes=self.profile(profile_id).axes)
        said = [{"kind": "remarked", "doses": dict(doses), "axis": axis, "wish": wish, "words": text[:400]}
                for axis, wish in wishes.items()]  # fmt: skip
        return self.record(profile_id, said)

    def to_learn(self, profile_id: str, model: str) -> tuple[str, ...]:
        """The axes that a profile would be asked about, but for those that a model can't be steered by.

        Raises:
            NotFoundError: no such profile or model.
            ConflictError: the model can be steered by none of them.
        """
        profile, packs = self.profile(profile_id), self.steerable(model)
        state = profile.state
        left = [axis for axis in profile.axes if axis not in state.removed and axis in packs]
        axes = tuple(axis for axis in state.active if axis in packs) or tuple(
            left[: profile.max_active - len(state.active)]
        )
        if not axes:
            raise ConflictError(f"none of the profile's axes can be steered with {model}", field="model",
                                hint="pilotage axes build NAME makes vectors of an axis.")  # fmt: skip
        return axes

    def next_question(
        self, profile_id: str, prompts: Sequence[str], *, axes: Sequence[str] = (), n: int = 2, seed: int | None = None
    ) -> QuestionView:
        """The comparison that is expected to tell most about the person, on the next of their own prompts.

        Raises:
            NotFoundError: no such profile.
            InvalidInputError: no prompt, an axis that is not the profile's, or too few or many texts.
        """
        profile = self.profile(profile_id)
        asked = profile.to_learn(axes)
        belief = self._belief(profile, asked)
        drawn = secrets.randbelow(2**31) if seed is None else seed
        return QuestionView.of(next_question(profile, prompts, axes=asked, n=n, seed=drawn, belief=belief))

    def next_doses(
        self, profile_id: str, *, axes: Sequence[str] = (), explore: bool = True, seed: int | None = None
    ) -> dict[str, float]:
        """The doses of the next answer: near the profile's, so that what the person does with it tells something.

        Raises:
            NotFoundError: no such profile.
            InvalidInputError: an axis that is not the profile's.
        """
        drawn = secrets.randbelow(2**31) if seed is None else seed
        return next_doses(self.profile(profile_id), axes=axes, explore=explore, seed=drawn)

    def export_profile(self, profile_id: str) -> str:
        """All of it as JSON; `import_profile` reads it back.

        Raises:
            NotFoundError: no such profile.
        """
        return self.profile(profile_id).export()

    def delete_profile(self, profile_id: str) -> None:
        """Remove a profile with all that was said; conversations that it steered go on without.

        Raises:
            NotFoundError: no such profile.
        """
        with self.store.transaction() as tx:
            tx.get(ProfileRow, profile_id)
            for row in tx.list(ConversationRow, where={"profile_id": profile_id}):
                tx.put(row.model_copy(update={"profile_id": None}))
            tx.remove(ProfileEventRow, {"profile_id": profile_id})
            tx.remove(ProfileRow, {"id": profile_id})

    def _keep_new(self, profile: Profile) -> LanguageProfileView:
        _require_room(profile)
        row = self._row(profile)
        events = [_event_row(row.id, index, event, row.created_at) for index, event in enumerate(profile.events)]
        with self.store.transaction() as tx:
            tx.put(row)
            tx.insert_many(events)
        return self._view(profile, profile.revision)

    def _row(self, profile: Profile) -> ProfileRow:
        now = self.ports.clock()
        return ProfileRow(
            id=profile.id, created_at=now, updated_at=now, owner=profile.owner, name=profile.name,
            axes=list(profile.axes), max_active=profile.max_active, revision=profile.revision,
        )  # fmt: skip

    def _record(
        self, tx: Transaction, profile_id: str, events: Sequence[Mapping[str, Any]], there: Sequence[str],
        revision: int | None = None,
    ) -> Profile:  # fmt: skip
        profile = before = _read(tx, profile_id)
        if revision is not None and revision != before.revision:
            raise ConflictError(f"the profile has revision {before.revision} by now, not {revision}",
                                field="revision", hint="Read it again, and decide.")  # fmt: skip
        now = self.ports.clock()
        for place, event in enumerate(events):
            profile = _recorded(profile, {"at": now, **event}, place, there)
        _require_room(profile)
        if before.state.consent and not profile.state.consent:
            profile = profile.erased()
        row = tx.get(ProfileRow, profile_id)
        tx.put(row.model_copy(update={"axes": list(profile.axes), "revision": profile.revision, "updated_at": now}))
        changed = [(index, event) for index, event in enumerate(profile.events)
                   if index >= before.revision or event is not before.events[index]]  # fmt: skip
        tx.put_many([_event_row(profile_id, index, event, now) for index, event in changed])
        return profile

    def _view(self, profile: Profile, newest: int) -> LanguageProfileView:
        belief = self._belief(profile) if profile.state.spoken_of else None
        return LanguageProfileView.of(profile, belief, newest=newest)

    def _belief(self, profile: Profile, axes: Sequence[str] = ()) -> Belief:
        """Believing takes a moment, so the beliefs asked for last are kept."""
        erased = sum(isinstance(event, Erased) for event in profile.events)  # of an earlier revision, too
        key = (profile.id, profile.revision, erased, tuple(sorted(axes)))
        with self._believing:
            belief = self._beliefs.pop(key, None) or profile.belief(axes)
            self._beliefs[key] = belief  # newest last
            if len(self._beliefs) > _KEPT:
                del self._beliefs[next(iter(self._beliefs))]
        return belief


def _named(reader: Reader, owner: str, name: str) -> ProfileRow | None:
    """The newest profile of an owner by its name."""
    rows = reader.list(ProfileRow, where={"owner": owner, "name": name}, limit=1, newest_first=True)
    return next(iter(rows), None)


def _read(reader: Reader, profile_id: str) -> Profile:
    row = reader.get(ProfileRow, profile_id)
    events = [one.event for one in reader.list(ProfileEventRow, where={"profile_id": profile_id})]
    return Profile.parse({**row.model_dump(include={"id", "owner", "name", "axes", "max_active"}), "events": events})


def _recorded(profile: Profile, event: Mapping[str, Any], place: int, there: Sequence[str]) -> Profile:
    """The next revision, with those of the axes that are `there` which it names; a fault names it by its place."""
    field = f"events.{place}"
    checked = parse_event(event, field=field)
    new = [axis for axis in there if axis in checked.axes and axis not in profile.axes]
    if len(profile.axes) + len(new) <= MOST_AXES:
        profile = profile.model_copy(update={"axes": (*profile.axes, *new)})
    try:
        return profile.record(checked)
    except PilotageError as error:
        error.field = field + error.field.removeprefix("event")
        raise


def _require_room(profile: Profile) -> None:
    if profile.revision > MAX_EVENTS:
        raise ConflictError(f"a profile takes {MAX_EVENTS} events", hint="Export it, and begin another.")


def _event_row(profile_id: str, index: int, event: Any, now: Any) -> ProfileEventRow:
    told = event.model_dump(mode="json")
    return ProfileEventRow(id=f"{profile_id}:{index}", created_at=now, profile_id=profile_id, index=index, event=told)
