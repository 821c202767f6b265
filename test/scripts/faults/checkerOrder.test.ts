import { check } from '../../../scripts/faults/checker';
import { answer, call, delivery, history, kinds, question, row } from './history';

/* In which order, and one turn at a time. */

describe('order', () => {
	const two = {
		messages: [question('Q000001'), question('Q000002')],
		deliveries: [delivery('Q000001', 0), delivery('Q000002', 50)],
	};
	const none = { none: ['inversions'] };

	it('is kept by answers in the order of their questions', () => {
		const made = { ...two, answers: [answer('Q000001', 100), answer('Q000002', 200)] };
		expect(kinds(made, none)).toEqual([]);
	});

	const inverted = { ...two, answers: [answer('Q000002', 100), answer('Q000001', 200)] };

	it('is broken by an answer that overtakes', () => {
		expect(kinds(inverted, none)).toEqual(['inversions']);
	});

	it('is not broken by an answer whose question the platform delivered again too soon', () => {
		const deliveries = [
			delivery('Q000001', 0),
			delivery('Q000002', 5, false),
			delivery('Q000002', 300),
		];
		expect(kinds({ ...inverted, deliveries }, none)).toEqual([]);
		expect(kinds({ ...inverted, deliveries: deliveries.slice(0, 1) }, none)).toEqual([]);
		expect(kinds({ ...inverted, deliveries: [...two.deliveries, deliveries[2]!] }, none)).toEqual([
			'inversions',
		]);
	});

	it('is counted where it is not asked for', () => {
		expect(check(history(inverted))).toMatchObject({ violations: [], counts: { inversions: 1 } });
	});

	it('is none between conversations', () => {
		const messages = [question('Q000001', 'a'), question('Q000002', 'b')];
		expect(kinds({ ...inverted, messages }, none)).toEqual([]);
	});

	it('is none between questions that came at once', () => {
		const deliveries = [delivery('Q000001', 0), delivery('Q000002', 5)];
		expect(kinds({ ...inverted, deliveries }, none)).toEqual([]);
	});

	it('is not broken by one that is dead', () => {
		const made = { ...two, answers: [answer('Q000002', 100)], rows: [row('Q000001', 'dead')] };
		expect(kinds(made, none)).toEqual([]);
	});
});

describe('one turn at a time', () => {
	const two = {
		messages: [question('Q000001'), question('Q000002')],
		deliveries: [delivery('Q000001', 0), delivery('Q000002', 50)],
		answers: [answer('Q000001', 150), answer('Q000002', 260)],
	};

	it('is kept by turns that follow each other', () => {
		const calls = [call('Q000001', 20, 140), call('Q000002', 160, 250)];
		expect(kinds({ ...two, calls }, { turnsEndWith: 'answer' })).toEqual([]);
	});

	it('is broken by model requests at once', () => {
		const calls = [call('Q000001', 20, 140), call('Q000002', 100, 250)];
		expect(kinds({ ...two, calls })).toEqual(['overlaps']);
	});

	it('is broken by a request before the answer to the last one is out', () => {
		const calls = [call('Q000001', 20, 140), call('Q000002', 144, 250)];
		expect(kinds({ ...two, calls })).toEqual([]);
		expect(kinds({ ...two, calls }, { turnsEndWith: 'answer' })).toEqual(['overlaps']);
	});

	it('is broken by a short request within a long one, behind another', () => {
		const calls = [call('Q000001', 20, 900), call('Q000001', 30, 40), call('Q000002', 100, 250)];
		expect(check(history({ ...two, calls })).counts.overlaps).toBe(2);
	});

	it('is kept where the requests are of different conversations', () => {
		const messages = [question('Q000001', 'a'), question('Q000002', 'b')];
		const calls = [call('Q000001', 20, 140), call('Q000002', 100, 250)];
		expect(kinds({ ...two, messages, calls })).toEqual([]);
	});
});
