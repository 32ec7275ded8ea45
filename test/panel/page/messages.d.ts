/** Every dictionary of the panel, gathered when the script is bundled. */
declare module 'virtual:messages' {
  export const dictionaries: readonly Readonly<Record<'en' | 'zh', unknown>>[];
}
