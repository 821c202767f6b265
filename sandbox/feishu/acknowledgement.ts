import { parseJson } from '../http.ts';
import type { UserMessage } from '../messages.ts';
import type { StreamAnswer } from '../stream/dialogue.ts';
import type { World } from '../world.ts';
import { isCardAction, takeCardAnswer } from './card-answer.ts';
import type { Frame } from './frames.ts';

/**
 * All of a frame that an acknowledgement must repeat. The platform's own client for Node.js reads ids as
 * doubles and repeats them rounded, so that no more of them can be asked for.
 */
const echoOf = (frame: Frame) =>
	JSON.stringify([
		Number(frame.SeqID),
		Number(frame.LogID),
		...[frame.LogIDNew, frame.service, frame.method, frame.payloadEncoding, frame.payloadType],
		frame.headers.filter(({ key }) => key !== 'biz_rt'),
	]);

/** Why a frame acknowledges none of these, of which it may repeat any. */
export function wrongEcho(acknowledgement: Frame, sent: Frame[]): string | undefined {
	const took = acknowledgement.headers.filter(({ key }) => key === 'biz_rt');
	// The platform's own client for Node.js counts backwards.
	if (took.length !== 1 || !/^-?\d+$/.test(took[0]!.value))
		return 'an acknowledgement has one header biz_rt, whole milliseconds';
	const echo = echoOf(acknowledgement);
	return sent.some((frame) => echoOf(frame) === echo)
		? undefined
		: 'an acknowledgement repeats the frame, its ids and headers unchanged';
}

/** What the payload of an acknowledgement says. */
export function judgePayload(
	payload: Buffer | undefined,
	message: UserMessage,
	world: World,
): Pick<StreamAnswer, 'status' | 'refused'> {
	const answer = parseJson(payload ?? Buffer.alloc(0));
	if (typeof answer?.code !== 'number')
		return { status: 400, refused: 'the payload of an acknowledgement is JSON with a code' };
	if (answer.code !== 200) return { status: answer.code, refused: `code ${answer.code}` };
	if (!isCardAction(message) || answer.data === undefined) return { status: 200 };
	const data = Buffer.from(String(answer.data), 'base64');
	const isBase64 = data.toString('base64') === answer.data;
	const refused = isBase64
		? takeCardAnswer(data.toString('utf8'), message, world)
		: 'data must be base64';
	return { status: refused ? 400 : 200, refused };
}
