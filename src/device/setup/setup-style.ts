/** The looks of the pages about the network, like those of the device's own page: one column, light and dark. */
export const SETUP_STYLE = `
:root{color-scheme:light dark;--bg:#eef2f3;--card:#fff;--ink:#13212b;--soft:#5d6f7b;--line:#e3e9eb;--mark:#0b8276;
--on:#fff;--warn:#a3330f;--hero:linear-gradient(135deg,#0c8f7f,#0a5f78)}
@media(prefers-color-scheme:dark){:root{--bg:#0b1216;--card:#131c22;--ink:#e6eef1;--soft:#8ea1ac;--line:#26363f;
--mark:#35d0b6;--on:#06231f;--warn:#ffb199;--hero:linear-gradient(135deg,#0b6f65,#0a4358)}}
*{box-sizing:border-box;margin:0}
body{background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
-webkit-text-size-adjust:100%}
main{max-width:30rem;margin:0 auto;padding:1rem;display:grid;gap:1rem}
section{background:var(--card);border-radius:1rem;padding:1.1rem 1.25rem;min-width:0;
box-shadow:0 1px 2px rgba(10,30,40,.06),0 6px 20px rgba(10,30,40,.05)}
.hero{background:var(--hero);color:#fff;padding:1.4rem 1.25rem}
.hero p{font-size:.9rem;opacity:.9}
h1{font-size:1.5rem;line-height:1.25;font-weight:600;margin:.3rem 0 .5rem;overflow-wrap:anywhere}
h2{font-size:.75rem;font-weight:600;letter-spacing:.07em;text-transform:uppercase;color:var(--soft);margin-bottom:.3rem}
p{overflow-wrap:anywhere}
p+p,p+form{margin-top:.8rem}
.problem{color:var(--warn);font-weight:600}
.problem:first-letter{text-transform:uppercase}
label{display:flex;align-items:center;gap:.8rem;padding:.7rem 0;border-top:1px solid var(--line)}
input[type=hidden]+label{border-top:0}
label bdi{flex:1;min-width:0;overflow-wrap:anywhere}
small{color:var(--soft);white-space:nowrap}
.no{flex-wrap:wrap;row-gap:0}
.no bdi{opacity:.6}
.no small{order:1;flex-basis:100%;padding-left:1.95rem;white-space:normal}
meter{width:2.6rem}
input[type=radio]{width:1.15rem;height:1.15rem;accent-color:var(--mark);flex:none;margin:0}
input[type=text],input[type=password]{flex:1;min-width:0;font:inherit;color:inherit;background:var(--bg);
border:1px solid var(--line);border-radius:.6rem;padding:.55rem .7rem}
button{width:100%;font:inherit;font-weight:600;border:0;border-radius:.7rem;padding:.75rem;background:var(--mark);
color:var(--on);cursor:pointer;margin-top:.6rem}
button.plain{background:none;color:var(--mark);border:1px solid var(--line);margin:0}
:focus-visible{outline:2px solid var(--mark);outline-offset:2px}
a{color:var(--mark)}
`;
