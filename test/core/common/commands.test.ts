import { firstWord, meaning, wordsOf } from '../../../core/common/commands';

const HIDDEN = ['\u200b', '\ufeff', '\u2060', '\u200d', '\u00ad', '\ufe0f'];

it.each(HIDDEN)('A command is read through %j, wherever it stands in its words', (hidden) => {
	expect(firstWord(`/${hidden}dlq li${hidden}st`)[0]).toBe('/dlq');
	expect(wordsOf(`l${hidden}ist ${hidden} ／alerts`)).toEqual(['list', '/alerts']);
	expect(meaning({ list: 1 }, wordsOf(`${hidden}list`)[0])).toBe(1);
});

it('What stands behind the first word is as it was written', () => {
	expect(firstWord('/say 👩\u200d👧 ok')).toEqual(['/say', '👩\u200d👧 ok']);
});
