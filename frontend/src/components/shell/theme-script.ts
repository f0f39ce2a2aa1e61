/** Where the chosen theme is kept. */
export const THEME_KEY = 'firmograph-theme'

/** Runs before the first paint: a string, because it stands in the page itself. */
export const THEME_SCRIPT = `(()=>{try{const t=localStorage.getItem('${THEME_KEY}');const d=t==='dark'||(t!=='light'&&matchMedia('(prefers-color-scheme: dark)').matches);document.documentElement.classList.toggle('dark',d)}catch{}})()`
