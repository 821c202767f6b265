import type { Sender } from '../message';
import { asFields, asList, asText, type Fields } from '../fields';

/* Who did what an event tells of. Feishu's events have no common field for it. */

/**
 * Where an event names its acting person, in the order in which it is looked for. An event may name others
 * beside: who owns a meeting, whom a change is about, who is to be told. They did not do it.
 */
const PLACES = [
	['operator_id'],
	['operator', 'operator_id'],
	['operator', 'id'],
	['operator'],
	['operator_user_id'],
	['reader', 'reader_id'],
	['sender_id'],
	['sender', 'sender_id'],
	['notice_meta', 'from_user_id'],
	['user_id'],
	['learner', 'user_id'],
	['guest', 'id'],
	['inviter', 'id'],
	['installer_employee'],
	['installer'],
	['assigned_user'],
];

/** The acting person of an event; without an id where it names none. */
export function actorOf(event: Fields): Sender {
	const named = PLACES.map((place) =>
		place.reduce<unknown>((at, name) => asFields(at)[name], event),
	);
	const [first] = asList(event.operator_id_list);
	const ofVersion1 = { open_id: event.operator_open_id, user_id: event.operator_employee_id };
	const people = [...named, first, ofVersion1, event].map((person) => personOf(asFields(person)));
	const texts = named.map(asText).filter((id) => id !== '');
	return people.find(({ id }) => id !== '') ?? { id: texts[0] ?? '' };
}

/** The open_id is always there; user_id only with a permission that may come and go. */
export function personOf(ids: Fields): Sender {
	return {
		id: asText(ids.open_id) || asText(ids.user_id),
		...(asText(ids.union_id) && { unionId: asText(ids.union_id) }),
	};
}
