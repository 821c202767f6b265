import { askedOf, pageWhenLost, textWhenSaved } from '../../../core/deadLetters/saved';
import { replay } from '../../../core/deadLetters/changes';
import type { DeliveryRow } from '../../../core/delivery/delivery';
import { NOW, row } from './rows';

/** What somebody asks of a letter, as the row that is to be saved. */
const askedBy = (by: string, key = 'a', now = NOW): DeliveryRow => {
	const outcome = replay(row({ key }), { by, now, dueAt: now, force: true });
	if (!('row' in outcome)) throw new Error(outcome.refused);
	return outcome.row;
};

it('says what was to be done where all of it was saved', () => {
	const changes = [askedBy('li', 'a'), askedBy('li', 'b')];
	expect(textWhenSaved('Will replay', askedOf(changes), changes.reverse())).toBe('Will replay');
	expect(textWhenSaved('No dead letters', [], [])).toBe('No dead letters');
	expect(pageWhenLost(askedOf(changes), changes)).toBeUndefined();
});

it('Of six who replay a letter at once, one is told that it will be', () => {
	const people = ['li', 'wang', 'zhao', 'chen', 'liu', 'wu'];
	const saved = [askedBy('zhao')];
	const told = people.map((by) => textWhenSaved('Will replay', askedOf([askedBy(by)]), saved));
	expect(told.filter((text) => text === 'Will replay')).toHaveLength(1);
	expect(told.filter((text) => text.includes('of 1 changes 1 were not made'))).toHaveLength(5);
	const pages = people.map((by) => pageWhenLost(askedOf([askedBy(by)]), saved));
	expect(pages.filter((page) => page?.status === 409)).toHaveLength(5);
});

it('The same person in two windows is told, too', () => {
	const [first, second] = [askedBy('li', 'a', NOW), askedBy('li', 'a', NOW + 1)];
	expect(textWhenSaved('Will replay', askedOf([second]), [first])).toContain('Somebody else');
});

it('says how many were not made, where some were', () => {
	const asked = ['a', 'b', 'c'].map((key) => askedBy('li', key));
	const saved = [asked[0]!, askedBy('wang', 'b')];
	expect(textWhenSaved('Will replay 3', askedOf(asked), saved)).toMatch(
		/^Will replay 3\n.*of 3 changes 2 were not made/,
	);
});
