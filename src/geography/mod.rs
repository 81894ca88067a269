//! Places of the state: divisions, districts, Lok Sabha and assembly seats, from `data/`.

/// The tables, read once. Order is the order of the files.
#[derive(Clone, Debug, Default)]
pub struct Geography {
    pub districts: Vec<District>,
    pub assemblies: Vec<Assembly>,
    pub lok_sabha: Vec<LokSabha>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct District {
    /// LGD code, as text.
    pub code: String,
    pub name_en: String,
    pub name_hi: String,
    pub division: String,
    /// Other names and spellings, any script.
    pub others: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assembly {
    /// 1 to 403.
    pub number: u16,
    pub name_en: String,
    pub name_hi: String,
    pub district_code: String,
    /// 1 to 80.
    pub lok_sabha: u16,
    pub others: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LokSabha {
    pub number: u16,
    pub name_en: String,
    pub name_hi: String,
    pub others: Vec<String>,
}

impl Geography {
    /// The tables shipped in `data/`, embedded.
    ///
    /// # Errors
    /// A line of a table that cannot be read, with its file and line number.
    pub fn shipped() -> Result<Geography, String> {
        todo!()
    }

    #[must_use]
    pub fn district(&self, code: &str) -> Option<&District> {
        self.districts.iter().find(|district| district.code == code)
    }

    #[must_use]
    pub fn assembly(&self, number: u16) -> Option<&Assembly> {
        self.assemblies
            .get(usize::from(number).checked_sub(1)?)
            .filter(|seat| seat.number == number)
    }
}
