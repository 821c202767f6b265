import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import {
	follow,
	makeJob,
	quoted,
	SILENCE_MS,
	type Job,
	type JobOutcome,
} from '../../../core/maintenance/job';

const request = { variables: {}, steps: { one: 'true' }, limitMinutes: 10 };
const START = 1_000_000;
const job: Job = makeJob(request, 'x1', START).job;
const running = { stdout: 'clawbot-job: running\nstep: one\noutput:\nstep: one\n' };

it('quotes any text so that a shell gives it back', () => {
	const texts = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
	fc.assert(
		fc.property(texts, (text) => {
			const { stdout } = spawnSync('sh', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' });
			return stdout === text;
		}),
		{ numRuns: 100, examples: [["'"], ["\\'$(id)`id`\n"], ['']] },
	);
});

describe('makeJob', () => {
	it.each([
		['an id', 'x; rm', {}],
		['a variable', 'x', { variables: { 'a b': '' } }],
		['a limit', 'x', { limitMinutes: NaN }],
		['a command', 'x', { steps: { one: 'END-OF-CLAWBOT-JOB' } }],
		['a value', 'x', { variables: { a: '\nEND-OF-CLAWBOT-JOB\nid' } }],
	])('refuses %s that would become something else', (_, id, fields) => {
		expect(() => makeJob({ ...request, ...fields }, id, 0)).toThrow();
	});
});

it('minds its own mark only on a line of its own', () => {
	const log = '/var/log/END-OF-CLAWBOT-JOB';
	expect(makeJob({ ...request, variables: { log } }, 'x', 0).command).toContain(`log='${log}'`);
});

describe('follow', () => {
	const at = (ms: number, answer: object, from = job) => follow(from, answer, START + ms);

	it('waits for what runs, up to the limit', () => {
		expect(at(599_999, running)).toEqual({ job: { ...job, heardAt: START + 599_999 } });
		expect(at(600_000, running)).toMatchObject({ outcome: { state: 'overdue', step: 'one' } });
	});

	it('waits for a host that was heard and is silent, for five minutes', () => {
		const heard = { ...job, heardAt: START };
		const error = { error: 'connect ECONNREFUSED' };
		expect(at(SILENCE_MS - 1, error, heard)).toEqual({ job: heard });
		expect(at(SILENCE_MS, error, heard)).toMatchObject({
			outcome: { ok: false, state: 'unreachable', output: 'connect ECONNREFUSED' },
		});
	});

	it.each([
		'connect ECONNREFUSED 10.0.0.1:22',
		'getaddrinfo ENOTFOUND web-1',
		'Timed out while waiting for handshake',
		'All configured authentication methods failed',
	])('knows that nothing began after %s', (message) => {
		expect(at(20, { error: { message } })).toMatchObject({ outcome: { state: 'notStarted' } });
		const heard = { ...job, heardAt: START };
		expect(at(SILENCE_MS, { error: message }, heard)).toMatchObject({
			outcome: { state: 'unreachable' },
		});
	});

	it('waits for no host that never was heard', () => {
		expect(at(20, { error: { message: 'Not connected' } })).toMatchObject({
			outcome: { state: 'unreachable', output: 'Not connected' },
		});
		expect(at(20, { stdout: '', stderr: 'mkdir: No space left on device', code: 1 })).toMatchObject(
			{
				outcome: { state: 'notStarted', output: 'mkdir: No space left on device' },
			},
		);
	});

	it('takes the notes and the end of the output, and no word of the output for an answer', () => {
		const stdout = [
			'Welcome to this host',
			'clawbot-job: ended 1',
			'step: two',
			'note: \u001b[31mred\u001b[0m',
			'output:',
			'clawbot-job: ended 0',
			'note: not this one',
			'output:',
			'token=abcdefghijkl',
		].join('\n');
		expect(at(5000, { stdout })).toEqual({
			outcome: {
				ok: false,
				state: 'failed',
				step: 'two',
				notes: ['red'],
				output: 'clawbot-job: ended 0\nnote: not this one\noutput:\ntoken=***',
				seconds: 5,
			},
		});
	});

	it('knows a job that was never begun, or went without a result', () => {
		expect(at(0, { stdout: 'clawbot-job: none\n' })).toMatchObject({
			outcome: { state: 'notStarted' },
		});
		expect(at(0, { stdout: 'clawbot-job: lost\nstep: one\noutput:\n' })).toMatchObject({
			outcome: { state: 'lost', step: 'one' },
		});
	});
});

it.each([
	['colours', '\u001b[1;31mone\u001b[0m'],
	['colours of eight bits', '\u009b31mone'],
	['a title of the window', '\u001b]0;title\u0007one'],
	['a link', '\u001b]8;;https://evil.test\u001b\\one'],
	['a cursor that moves', '\u001b[?25l\u001b[2J\u001b[1;1Hone'],
	['a bell', 'o\u0007n\u0008e'],
	['a turned text', '\u202eone\u202c'],
])('Nothing of %s is left in the step, in notes and in the output', (_, written) => {
	const stdout = `clawbot-job: ended 1\nstep: ${written}\nnote: ${written}\noutput:\n${written}`;
	const { outcome } = follow(job, { stdout }, START) as { outcome: JobOutcome };
	const words = [outcome.step, outcome.output, ...outcome.notes].map((text) =>
		text.replace('\\', ''),
	);
	expect(words).toEqual(['one', 'one', 'one']);
});

it('Secrets are struck out of the step, of notes and of the output', () => {
	const secret = 'password=hunter2-hunter2';
	const stdout = `clawbot-job: ended 1\nstep: ${secret}\nnote: ${secret}\noutput:\n${secret}`;
	const { outcome } = follow(job, { stdout }, START) as { outcome: JobOutcome };
	expect(JSON.stringify(outcome)).not.toContain('hunter2');
	expect(outcome).toMatchObject({ step: 'password=***', notes: ['password=***'] });
});
