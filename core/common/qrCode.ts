import { qrSymbol } from '../../protocol/qrCode/symbol';
import { html, type Html } from './html';

/** Light modules that the standard wants on every side. */
const QUIET_ZONE = 4;

/** A dark run of a row, as a rectangle one module high. */
const runPath = (row: number, start: number, length: number): string =>
	`M${start + QUIET_ZONE} ${row + QUIET_ZONE}h${length}v1h-${length}z`;

/** The dark modules of a row: neighbours are one shape, so that no gap shows between them. */
function rowPath(modules: readonly boolean[], row: number): string {
	let path = '';
	for (let column = 0; column < modules.length; column++) {
		if (!modules[column]) continue;
		const next = modules.indexOf(false, column);
		const end = next === -1 ? modules.length : next;
		path += runPath(row, column, end - column);
		column = end;
	}
	return path;
}

/**
 * A QR code as an SVG that scales to the width it is given. Black on white whatever the colours of the page:
 * many readers take no inverted code.
 * @param label what a screen reader says instead, and a pointer shows
 * @throws Error where the text is too long for a QR code
 */
export function qrCodeSvg(text: string, label: string): Html {
	const { modules } = qrSymbol(text);
	const size = modules.length + 2 * QUIET_ZONE;
	return html`<svg
		xmlns="http://www.w3.org/2000/svg"
		viewBox="0 0 ${size} ${size}"
		role="img"
		aria-label="${label}"
		shape-rendering="crispEdges"
		style="forced-color-adjust:none"
	>
		<title>${label}</title>
		<rect width="${size}" height="${size}" fill="#fff" />
		<path fill="#000" d="${modules.map(rowPath).join('')}" />
	</svg>`;
}
