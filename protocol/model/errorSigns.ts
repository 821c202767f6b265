import { asText, parseJson, type Fields } from '../fields';

/** What an answer says of an error, the innermost first. */
export interface Signs {
	codes: string[];
	messages: string[];
}

/** Fields that hold an error, or a list of them: gateways wrap what the provider behind them said. */
const NESTED =
	'error errors err Error Response ResponseMetadata metadata raw base_resp header detail details cause body'.split(
		' ',
	);
const CODES = [
	'code',
	'Code',
	'error_code',
	'errcode',
	'err_code',
	'errorCode',
	'http_code',
	'http_status',
	'httpStatus',
	'type',
	'status_code',
	'statusCode',
	'status',
];
const MESSAGES =
	'message Message msg error_msg errmsg err_msg errorMessage errorMsg status_msg reason'.split(' ');

const MAX_DEPTH = 6;
const MAX_SIGNS = 20;

/** Codes and messages of errors, however deep a gateway has wrapped them, also as JSON in a text. */
export function signsIn(body: unknown): Signs {
	const signs: Signs = { codes: [], messages: [] };
	collect(body, signs, 0);
	return signs;
}

function collect(value: unknown, signs: Signs, depth: number): void {
	if (depth > MAX_DEPTH || signs.messages.length > MAX_SIGNS) return;
	if (Array.isArray(value))
		return value.slice(0, MAX_SIGNS).forEach((each) => collect(each, signs, depth + 1));
	if (typeof value === 'string') return collectText(value, signs, depth);
	if (typeof value !== 'object' || value === null) return;
	const fields = value as Fields;
	for (const name of NESTED) collect(own(fields, name), signs, depth + 1);
	signs.codes.push(...CODES.map((name) => asText(own(fields, name))).filter(isCode));
	for (const name of MESSAGES) {
		const message = own(fields, name);
		if (typeof message === 'string') collectText(message, signs, depth);
	}
}

function collectText(text: string, signs: Signs, depth: number): void {
	const inner = /^\s*[{[]/.test(text) ? parseJson(text) : undefined;
	if (inner !== undefined) collect(inner, signs, depth + 1);
	else if (text.trim() !== '') signs.messages.push(text);
}

const own = (fields: Fields, name: string): unknown =>
	Object.hasOwn(fields, name) ? fields[name] : undefined;

/** Not every provider leaves out the code of a success. */
const isCode = (code: string): boolean => !['', '0', '200', 'success', 'error'].includes(code);

const STATUS = [
	/^(?:http|error)?[\s_:]*([45]\d\d)(?!\d)/i,
	/(?:status|code|http)\D{0,12}([45]\d\d)(?!\d)/i,
];

/** The HTTP status that a code or a message names. */
export function statusIn(texts: readonly string[]): number | undefined {
	for (const text of texts) {
		const found = STATUS.map((pattern) => pattern.exec(text)?.[1]).find(Boolean);
		if (found !== undefined) return Number(found);
	}
	return undefined;
}
