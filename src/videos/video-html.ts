/** Where a video and its poster can be had by whoever reads the answer. Absolute URLs. */
export interface VideoLinks {
  readonly video: string;
  readonly poster: string | null;
}

const WIDTH = 500;
const HEIGHT = 300;

/** A video in the text of a chat: a player, or a poster that leads to it. Every attribute is escaped. */
export function videoHtml(links: VideoLinks, isPoster: boolean): string {
  return isPoster ? posterLink(links) : player(links);
}

function player({ video, poster }: VideoLinks): string {
  const picture = poster === null ? '' : ` poster="${escapeHtml(poster)}"`;
  return `<video src="${escapeHtml(video)}" controls="controls" preload="metadata"${picture} width="${WIDTH}" height="${HEIGHT}"></video>\n`;
}

function posterLink({ video, poster }: VideoLinks): string {
  const href = escapeHtml(video);
  const inner =
    poster === null
      ? href
      : `<img src="${escapeHtml(poster)}" alt="▶ Video" width="${WIDTH}" height="${HEIGHT}">`;
  return `<a href="${href}" target="_blank" rel="noopener noreferrer">${inner}</a>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML, inside an attribute too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
