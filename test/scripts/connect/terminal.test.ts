import { PassThrough } from 'node:stream';
import { createTerminal } from '../../../scripts/connect/terminal';

const COLUMNS = 40;

/** What a terminal of 40 columns is sent. */
function screen() {
	let sent = '';
	const output = { isTTY: true, columns: COLUMNS, write: (text: string) => (sent += text) };
	const terminal = createTerminal({ input: new PassThrough(), output: output as never });
	return { terminal, sent: () => sent };
}

it.each([
	['letters', 'x'.repeat(100), COLUMNS - 1],
	['Chinese, of which a character takes two columns', '用户拒绝授权'.repeat(10), 19],
	['both', `${'x'.repeat(20)}${'钉'.repeat(20)}`, 29],
	['a text that fits', '还剩 5 分钟', 7],
])('a status stays in one line, which the next one is written over: %s', (_, text, length) => {
	const { terminal, sent } = screen();
	terminal.status(text);
	expect(sent()).toBe(text.slice(0, length));
	terminal.say('done');
	expect(sent()).toBe(`${text.slice(0, length)}\r\x1b[Kdone\n`);
	terminal.close();
});
