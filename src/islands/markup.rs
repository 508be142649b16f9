//! Markup as plain data: the server renders it into the page, a browser builds it anew when something is typed. As views it
//! would cost a browser three times the code.

/// An element with a class, if it has one, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct El {
    pub name: &'static str,
    pub class: String,
    /// What it is called when it is a region of its own, which the keyboard scrolls.
    pub region: Option<String>,
    pub content: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Text(String),
    Element(El),
}

pub fn el(name: &'static str) -> El {
    El { name, class: String::new(), region: None, content: Vec::new() }
}

impl El {
    pub fn class(mut self, class: impl Into<String>) -> El {
        self.class = class.into();
        self
    }

    pub fn region(mut self, label: impl Into<String>) -> El {
        self.region = Some(label.into());
        self
    }

    pub fn text(mut self, text: impl Into<String>) -> El {
        self.content.push(Part::Text(text.into()));
        self
    }

    pub fn child(mut self, child: El) -> El {
        self.content.push(Part::Element(child));
        self
    }

    pub fn children(mut self, children: impl IntoIterator<Item = El>) -> El {
        self.content.extend(children.into_iter().map(Part::Element));
        self
    }
}
