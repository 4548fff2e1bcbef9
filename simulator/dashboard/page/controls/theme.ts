import { useEffect, useState } from "preact/hooks";

export type Theme = "auto" | "light" | "dark";

export const themeNames: Readonly<Record<Theme, string>> = { auto: "Auto", light: "Light", dark: "Dark" };

const KEY = "wirelet-theme";

export function nextTheme(theme: Theme): Theme {
  return theme === "auto" ? "light" : theme === "light" ? "dark" : "auto";
}

/** The colours that the person wants, kept for the next time; "auto" is what the system says. @param onChange is told of each change */
export function useTheme(onChange: () => void): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "auto";
  });
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const apply = (): void => {
      const isDark = theme === "dark" || (theme === "auto" && query.matches);
      document.documentElement.dataset.theme = isDark ? "dark" : "light";
      onChange();
    };
    apply();
    localStorage.setItem(KEY, theme);
    query.addEventListener("change", apply);
    return () => query.removeEventListener("change", apply);
  }, [theme]);
  return [theme, setTheme];
}
