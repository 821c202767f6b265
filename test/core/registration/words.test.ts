import { begin, step, type RegistrationEnding } from '../../../core/registration/flow';
import { endingWords, problemWords, troubleWords } from '../../../core/registration/words';
import { RegistrationError, type RegistrationProblem } from '../../../protocol/registration';

const endings: RegistrationEnding[] = [
	...(['granted', 'cancelled', 'denied', 'expired', 'failed'] as const),
	...(['wrongApp', 'unreachable'] as const),
];
const problems: RegistrationProblem[] = ['unreachable', 'refused', 'unreadable', 'foreignAddress'];

const said = [
	...endings.map((ending) => endingWords({ ending, endedAt: 0, reason: 'token=abcdefgh\n why' })),
	...problems.map((problem) =>
		problemWords(new RegistrationError(problem, 'token=abcdefgh\n why')),
	),
];

test.each(said)(
	'What is said is Chinese and English, with the reason and no secret: %j',
	({ zh, en }) => {
		expect(zh).toMatch(/^\p{Script=Han}.*。（token=\*\*\* why）$/u);
		expect(en).toMatch(/^[A-Z].*\. \(token=\*\*\* why\)$/);
	},
);

test('No two endings and problems are told in the same words', () => {
	expect(new Set(said.map(({ en }) => en)).size).toBe(said.length);
	expect(new Set(said.map(({ zh }) => zh)).size).toBe(said.length);
	expect(endingWords({ ending: 'expired', endedAt: 0 }).en).not.toContain('(');
});

test('Trouble that may pass is told while it lasts', () => {
	const code = { deviceCode: 'd', address: 'a', expiresInMs: 600_000, intervalMs: 5000 };
	const flow = begin(code, 0);
	expect(troubleWords(flow)).toBeUndefined();
	const inTrouble = (status: 'failed' | 'unreachable') => {
		const next = step(flow, { status, reason: 'why', mayPass: true }, 1);
		return 'ending' in next ? undefined : troubleWords(next);
	};
	expect(inTrouble('failed')?.en).toBe(
		'The platform says that it did not work; the code may be scanned again. (why)',
	);
	expect(inTrouble('unreachable')?.zh).toBe('平台暂时没有应答，仍在重试。（why）');
});
